// Scrolls a place of the page to the middle of the window, without fixed elements, and lets it be painted; without a
// place, scrolls back to the top and restores the page.
async (place) => {
  const turn = (names, value) => {
    for (const element of names) real(element).style?.setProperty("visibility", value, value ? "important" : "");
  };
  if (!place) {
    turn(kept.fixedBoxes ?? [], "");
    kept.fixedBoxes = null;
    scrollTo({left: 0, top: 0, behavior: "instant"});
    await painted();
    return;
  }
  const [x, y, width, height] = place;
  kept.fixedBoxes ??= everywhere("*").filter((element) => {
    const {position, visibility} = getComputedStyle(element);
    return position === "fixed" && visibility === "visible" && !real(element).querySelector("iframe");
  });
  turn(kept.fixedBoxes, "hidden");
  scrollTo({left: x + width / 2 - innerWidth / 2, top: y + height / 2 - innerHeight / 2, behavior: "instant"});
  for (let frame = 0; frame < 3; frame += 1) await painted();
  await later(100);
}
