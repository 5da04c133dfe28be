// browserless (the npm library): one browser, a context a picture, without its ad blocker.
import createBrowser from "browserless";
// It still calls what later versions of puppeteer have dropped.
import puppeteer from "puppeteer-for-browserless";
import { LAUNCH, VIEWPORT, followOrders } from "./orders.mjs";

const browser = createBrowser({ ...LAUNCH, puppeteer, timeout: 30000 });
await followOrders(async (url) => {
  const context = await browser.createContext({ retry: 0 });
  const picture = await context.screenshot(url, { viewport: VIEWPORT, waitUntil: "load", adblock: false, animations: true });
  await context.destroyContext();
  return picture.length;
});
await browser.close();
process.exit(0);
