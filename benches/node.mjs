// Prints a line for each case, measured in Node.js.
import { readFileSync } from "node:fs";
import { initSync, line } from "./bench.mjs";
initSync({ module: readFileSync(new URL("bench_bg.wasm", import.meta.url)) });
for (let i = 0, text; (text = line(i)) !== undefined; i++) console.log(text);
