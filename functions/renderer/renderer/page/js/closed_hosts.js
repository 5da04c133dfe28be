// The elements that may hold a shadow root which scripts do not reach, and were not asked before; null for none. A closed root
// that a script attached is open to us, so only those are left that came with the HTML: on an element with a name of its own, or
// on one that is empty, or whose content is not shown, though it has a size.
(most) => {
  const asked = kept.askedHosts ??= new WeakSet();
  const HOSTS = "article, aside, blockquote, div, footer, h1, h2, h3, h4, h5, h6, header, main, nav, p, section, span";
  const isUnshown = (element) => [...real(element).children].every((child) => getComputedStyle(child).display === "");
  const hasText = (element) => real(element).textContent.trim() !== "";
  const hasLength = (element) => real(element).computedStyleMap().get("height")?.value === "auto" && real(element).clientHeight > 0;
  const mayHold = (element) => real(element).localName.includes("-")
    || (real(element).matches(HOSTS) && isUnshown(element) && (real(element).firstElementChild || !hasText(element)) && hasLength(element));
  const found = everywhere("*").filter((element) => !asked.has(element) && !shadowOf(element) && mayHold(element)).slice(0, most);
  for (const element of found) asked.add(element);
  return found.length ? found : null;
}
