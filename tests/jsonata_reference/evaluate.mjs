// Evaluates JSONata as Step Functions does, by the reference implementation: a line of JSON in, a line of JSON out.
// In: {"expression", "bindings"}. Out: {"value"} or {"error"}; an expression that gives nothing is an error.
import { createHash, randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import jsonata from "jsonata";

const HASHES = { "MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512" };

// What Step Functions adds. Whole-number parameters are rounded down. $eval, which it leaves out, is replaced by $parse.
const ADDED = {
  partition: (array, size) => chunks(array, Math.floor(size)),
  range: (start, end, step) => steps(Math.floor(start), Math.floor(end), Math.floor(step)),
  hash: (text, algorithm) => createHash(known(algorithm)).update(text, "utf8").digest("hex"),
  random: (seed) => (seed === undefined ? Math.random() : seeded(Math.floor(seed))),
  uuid: () => randomUUID(),
  parse: (text) => JSON.parse(text),
  eval: () => { throw new Error("$eval is not supported"); },
};

function chunks(array, size) {
  if (!(size > 0)) throw new Error("$partition: the size is not positive");
  return Array.from({ length: Math.ceil(array.length / size) }, (_, n) => array.slice(n * size, (n + 1) * size));
}

function steps(start, end, step) {
  if (!step) throw new Error("$range: the step is zero");
  return Array.from({ length: Math.max(0, Math.floor((end - start) / step) + 1) }, (_, n) => start + n * step);
}

function known(algorithm) {
  if (!(algorithm in HASHES)) throw new Error(`$hash: no algorithm ${algorithm}`);
  return HASHES[algorithm];
}

function seeded(seed) {
  let state = (seed + 0x6d2b79f5) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 4294967296;
}

async function evaluate({ expression, bindings }) {
  try {
    const compiled = jsonata(expression);
    for (const [name, call] of Object.entries(ADDED)) compiled.registerFunction(name, call);
    const value = await compiled.evaluate(undefined, bindings);
    return value === undefined ? { error: "the expression gives nothing" } : { value };
  } catch (error) {
    return { error: `${error.code ?? ""} ${error.message}`.trim() };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(await evaluate(JSON.parse(line))) + "\n");
}
