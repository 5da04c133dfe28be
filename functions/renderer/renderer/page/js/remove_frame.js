// Removes a banner's frame with the box that holds it over the page; returns false if the frame is in the page's flow.
(frame) => {
  const isOver = (element) => ["fixed", "sticky"].includes(getComputedStyle(element).position)
    || real(element).matches("dialog[open], [role=dialog], [aria-modal=true]");
  const over = lineOf(frame).find(isOver);
  if (!over || over === page.body || over === document.documentElement) return false;
  boxAround(frame, over).remove();
  return true;
}
