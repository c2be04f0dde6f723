// Measures the page from inside: how soon it is there, and how it follows a drag. It is put into a copy of the page,
// before anything else.
"use strict";

// What a visitor of the incident is told to try first: MaxIdleConnsPerHost.
const SLIDER = "idle";
const DRAG_MS = 10_000;
// In which nothing happens: the page may still be getting ready.
const REST_MS = 6_000;

const frame = () => new Promise(requestAnimationFrame);
const rest = () => new Promise((done) => setTimeout(done, REST_MS));

let contentful = 0;
new PerformanceObserver((list) => list.getEntries().forEach((paint) => (contentful = paint.startTime)))
  .observe({ type: "largest-contentful-paint", buffered: true });

// The frame in which the finished run is drawn, and the one after: then it is on the screen.
async function finished() {
  while (document.body?.dataset.run !== "done") await frame();
  await frame();
  return performance.now();
}

// Calls `seen` whenever the first chart is cleared to be drawn anew, once a run: other runs may have the same numbers.
function watchChart(seen) {
  const chart = document.querySelector("[data-chart=outcomes] canvas");
  const { clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...area) {
    if (this.canvas === chart) seen();
    return clearRect.apply(this, area);
  };
}

// Keeps the milliseconds of the main thread's long tasks; the browser tells of those over 50.
function watchTasks() {
  const tasks = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((task) => task.duration)))
    .observe({ type: "longtask" });
  return tasks;
}

// Moves the slider by one position in each frame, to and fro, as a hand does it. Returns the runs drawn in a second, and
// the longest task of the main thread: where the browser told of none, the longest time between two frames, or 50 ms.
async function drag() {
  const slider = document.querySelector(`input[type=range][name=${SLIDER}]`);
  let runs = 0;
  watchChart(() => runs++);
  const tasks = watchTasks();
  const [last, from] = [Number(slider.max), performance.now()];
  let at = Number(slider.value);
  let [step, before, longest] = [1, from, 0];
  while (performance.now() - from < DRAG_MS) {
    if (at + step < 0 || at + step > last) step = -step;
    at += step;
    slider.value = at;
    slider.dispatchEvent(new InputEvent("input", { bubbles: true }));
    await frame();
    const now = performance.now();
    [longest, before] = [Math.max(longest, now - before), now];
  }
  const perSecond = runs / ((performance.now() - from) / 1000);
  return [perSecond, tasks.length ? Math.max(...tasks) : Math.min(longest, 50)];
}

addEventListener("DOMContentLoaded", async () => {
  const navigation = await finished();
  await rest();
  // The first time the browser itself had only just been started.
  if (!sessionStorage.again) {
    sessionStorage.again = true;
    location.reload();
    return;
  }
  const paint = contentful;
  console.log(`row ${[navigation, paint, ...(await drag())].join("\t")}`);
  console.log("end");
});
