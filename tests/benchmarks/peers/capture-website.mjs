// capture-website: a browser a picture, as its documentation shows it.
import captureWebsite from "capture-website";
import { LAUNCH, VIEWPORT, followOrders } from "./orders.mjs";

await followOrders(async (url) => {
  const options = { width: VIEWPORT.width, height: VIEWPORT.height, scaleFactor: 1, launchOptions: LAUNCH };
  return (await captureWebsite.buffer(url, options)).length;
});
