// Gives HTML without a background the one of its own colour scheme. In an empty document Chromium paints the dark one
// where that is preferred, also behind a page that has no dark colours.
() => {
  const {documentElement: root, body} = page;
  const isBare = (element) => {
    const {backgroundColor, backgroundImage} = getComputedStyle(element);
    return backgroundColor === "rgba(0, 0, 0, 0)" && backgroundImage === "none";
  };
  if (root && [root, body].every((element) => !element || isBare(element))) real(root).style?.setProperty("background-color", "Canvas", "important");
}
