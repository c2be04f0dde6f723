// For browsers and bundlers: the module is fetched from where this script is.
import init, { report } from "./connlab_wasm.js";

await init();

export const run = (link) => JSON.parse(report(link));
