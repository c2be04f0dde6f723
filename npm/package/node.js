// For Node.js: the module is a file beside this one.
import { readFileSync } from "node:fs";
import { initSync, report } from "./connlab_wasm.js";

initSync({ module: readFileSync(new URL("connlab_wasm_bg.wasm", import.meta.url)) });

export const run = (link) => JSON.parse(report(link));
