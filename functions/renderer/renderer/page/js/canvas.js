// Gives HTML without a background the one of its own colour scheme. In an empty document Chromium paints the dark one
// where that is preferred, also behind a page that has no dark colours.
() => {
  const {documentElement: root, body} = page;
  const isBare = (element) => !element || !hasBackground(getComputedStyle(element));
  if (root && [root, body].every(isBare)) real(root).style?.setProperty("background-color", "Canvas", "important");
}
