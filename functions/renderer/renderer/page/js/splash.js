// Waits until a splash screen has gone, at most `splashMs` milliseconds in all for each document. Returns true if there
// was one, else null. A splash screen lies over the middle of the window and all content there, and says next to nothing.
// A page that writes nothing but a word such as "Loading" counts as one.
async ({splashMs}) => {
  const MOST_TEXT = 60, PAUSE = 50, MOST_CONTENT = 20, MOST_PICTURES = 12, NAME = /load|splash|spinner|curtain/i;
  const WORD = /^\W*(?:loading|please wait|just a moment|wird geladen|lädt|chargement|cargando|carregando|caricamento|laden|ładowanie|загрузка|加载中|載入中|読み込み中|로딩)/iu;
  const CONTENT = "h1, h2, h3, h4, p, li, a, img, button, input, td, label, svg, canvas, video, iframe";
  const PICTURE = "img, canvas, svg, object, video, iframe, embed";
  const TO_USE = "a[href], button, input, select, textarea, iframe, video, [contenteditable]";
  const isPlaced = (style) => style.position === "fixed" || style.position === "absolute";
  const coversWindow = ({top, left, right, bottom}) => top <= 1 && left <= 1 && right >= innerWidth - 1 && bottom >= innerHeight - 1;
  const hasPicture = (element) => getComputedStyle(element).backgroundImage.includes("url(");
  const isFilled = (element) => {
    const {backgroundColor, backgroundImage} = getComputedStyle(element);
    return backgroundImage !== "none" || alphaOf(backgroundColor) > 0.3;
  };
  const isLarge = (element) => {
    const {width, height} = boxOf(element);
    return width * height > innerWidth * innerHeight / 4;
  };
  // An animation of its own that ends takes it away without us.
  const isLeaving = (line) => line.some((element) => Number(getComputedStyle(element).opacity) < 0.5
    || real(element).getAnimations().some((one) => moves(one) && one.effect.getComputedTiming().endTime !== Infinity));
  // One logo or a few, but no map and no game.
  const saysLittle = (element) => {
    const pictures = [element, ...all(element)].filter((one) => real(one).matches(PICTURE));
    return (real(element).innerText ?? "").trim().length <= MOST_TEXT && all(element, TO_USE).length === 0
      && pictures.length <= MOST_PICTURES && !pictures.some(isLarge);
  };
  const contentBeside = (cover) => all(document, CONTENT).filter((element) => {
    const box = boxOf(element), x = box.left + box.width / 2, y = box.top + box.height / 2;
    return hasSize(box) && x > 0 && y > 0 && x < innerWidth && y < innerHeight && !real(cover).contains(element);
  }).slice(0, MOST_CONTENT);
  const isCovered = (element, cover) => {
    const {top, left, width, height} = boxOf(element);
    return lineOf(elementAt(left + width / 2, top + height / 2)).includes(cover);
  };
  const isSplash = (cover, inside) => {
    const isNamed = NAME.test(`${real(cover).id} ${real(cover).getAttribute("class")}`);
    if (!saysLittle(cover) || (!isNamed && !inside.some(isFilled))) return false;
    const content = contentBeside(cover);
    if (content.length === 0) return isNamed || !inside.some(hasPicture);
    return content.every((element) => isCovered(element, cover));
  };
  const isSplashThere = () => {
    const line = lineOf(elementAt(innerWidth / 2, innerHeight / 2));
    const isCover = (element, place) => isPlaced(getComputedStyle(element)) && coversWindow(boxOf(element))
      && isSplash(element, line.slice(0, place + 1)) && !isLeaving(line.slice(place));
    return line.some(isCover);
  };
  const onlySaysSo = () => {
    if (!page.body || all(page.body).length > MOST_CONTENT) return false;
    const text = real(page.body).innerText.trim();
    return text.length <= MOST_TEXT && WORD.test(text);
  };
  const isThere = () => onlySaysSo() || isSplashThere();
  if (page.scripts.length === 0 || !isThere()) return null;
  kept.splashEnd ??= performance.now() + splashMs;
  while (performance.now() < kept.splashEnd && isThere()) await later(PAUSE);
  return true;
}
