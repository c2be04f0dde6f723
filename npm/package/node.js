// For Node.js: the module is a file beside this one.
import { readFileSync } from "node:fs";
import { initSync, report } from "./connlab_model.js";

initSync({ module: readFileSync(new URL("connlab_model_bg.wasm", import.meta.url)) });

export const run = (link) => JSON.parse(report(link));
