// The other side of contender.py: reads orders, spreads the addresses over so many workers, answers.
import readline from "node:readline";

export const VIEWPORT = { width: 1280, height: 800, deviceScaleFactor: 1 };
export const LAUNCH = {
  executablePath: process.env.CHROMIUM,
  headless: "shell",
  args: process.getuid() === 0 ? ["--no-sandbox"] : [],
};

export async function followOrders(take) {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { urls, concurrency } = JSON.parse(line);
    const sizes = [];
    const work = async () => {
      while (urls.length) sizes.push(await take(urls.pop()));
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    console.log(JSON.stringify({ sizes }));
  }
}
