// puppeteer-cluster with a context a picture, its closest match to our isolation.
import { Cluster } from "puppeteer-cluster";
import { LAUNCH, VIEWPORT, followOrders } from "./orders.mjs";

const cluster = await Cluster.launch({
  concurrency: Cluster.CONCURRENCY_CONTEXT,
  maxConcurrency: Number(process.env.CONCURRENCY),
  puppeteerOptions: { ...LAUNCH, defaultViewport: VIEWPORT },
});
await followOrders((url) =>
  cluster.execute(url, async ({ page, data }) => {
    await page.goto(data, { waitUntil: "load" });
    return (await page.screenshot()).length;
  }),
);
await cluster.close();
