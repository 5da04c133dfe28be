// Removes a banner's frame with the box that holds it over the page; false where it lies in the page's flow.
(frame) => {
  const isOver = (element) => ["fixed", "sticky"].includes(getComputedStyle(element).position);
  let box = null;
  for (let element = frame; element && element !== document.body; element = element.parentElement ?? element.getRootNode().host) {
    if (isOver(element)) box = element;
  }
  box?.remove();
  return box !== null;
}
