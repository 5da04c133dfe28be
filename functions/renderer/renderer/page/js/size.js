// Width and height of the document in CSS pixels.
() => {
  const {documentElement: root, body} = page;
  const longest = (name) => Math.max(root?.[name] ?? 0, body?.[name] ?? 0);
  return [longest("scrollWidth"), longest("scrollHeight")];
}
