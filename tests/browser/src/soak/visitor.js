// A visitor's hands: what the soak does with the page from within. Installed once; a reload, which nothing may cause,
// takes it away.
window.visitor = (() => {
  const PATIENCE_MS = 60_000;

  // What can be pressed, moved or typed into, and is to be seen; not what leaves the page or its clipboard.
  const things = () =>
    [...document.querySelectorAll("button, input, select, summary, [role=slider], .answer [data-instant]")]
      // Only a visitor can choose a file.
      .filter((thing) => thing.type !== "file" && thing.checkVisibility() && !thing.disabled)
      .filter((thing) => thing.dataset.testid !== "share" && !("copy" in thing.dataset));
  const name = (thing) => `${thing.localName} ${thing.name || thing.id || thing.ariaLabel || thing.textContent.trim()}`;
  const fire = (thing, type) => thing.dispatchEvent(new Event(type, { bubbles: true }));
  // Past any wrapper that a framework put around the property.
  const put = (thing, value) =>
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(thing), "value").set.call(thing, String(value));
  const change = (thing, value) => {
    put(thing, value);
    fire(thing, "input");
    fire(thing, "change");
  };
  const pause = () => new Promise((resolve) => setTimeout(resolve));
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const until = async (what, holds) => {
    for (const due = performance.now() + PATIENCE_MS; !holds(); await frame()) {
      if (performance.now() > due) {
        const busy = [...document.querySelectorAll("[aria-busy=true]")].map((it) => it.dataset.topic ?? it.className);
        throw new Error(`waited in vain for ${what} of ${location.hash}, ${document.body.dataset.run}; busy: ${busy}`);
      }
    }
  };
  const click = (selector) => document.querySelectorAll(selector).forEach((thing) => thing.click());

  return {
    // Does something with the n-th thing; says what it was.
    touch(n) {
      const all = things();
      if (all.length === 0) return "touches nothing, for there is nothing";
      const thing = all[n % all.length];
      const what = `touches ${name(thing)}`;
      if (thing.type === "range") {
        change(thing, Number(thing.min) + ((n % 97) / 97) * (thing.max - thing.min));
      } else if (thing.localName === "select") {
        change(thing, thing.options[n % thing.options.length].value);
      } else if (thing.localName === "input" && !["checkbox", "radio"].includes(thing.type)) {
        change(thing, ["", "7", "EOF", "-1", "1e9", "lorem", "250ms", "connection reset by peer"][n % 8]);
      } else if (thing.click) {
        thing.click();
      } else {
        thing.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      }
      return what;
    },

    // Drags the n-th slider in small steps, and lets it go.
    async drag(n) {
      const sliders = things().filter((thing) => thing.type === "range");
      if (sliders.length === 0) return "drags nothing, for there is no slider";
      const slider = sliders[n % sliders.length];
      const [min, max] = [Number(slider.min), Number(slider.max)];
      const what = `drags ${name(slider)}`;
      for (let step = 0; step < 12; step++) {
        put(slider, min + ((((n % 89) + step * ((n % 5) - 2)) / 89) * (max - min)));
        fire(slider, "input");
        if (step % 3 === 0) await pause();
      }
      fire(slider, "change");
      return what;
    },

    // Presses a key where the focus is, or in a part of the page that has keys of its own.
    key(n, key, shift) {
      const places = [
        ...document.querySelectorAll("main.mid, [data-testid=playhead], [role=tab], .tale [data-instant], .charts"),
      ];
      const target = n % 3 === 0 || places.length === 0 ? document.activeElement : places[n % places.length];
      target.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey: shift, bubbles: true, cancelable: true }));
      return `presses ${shift ? "Shift " : ""}'${key}' in ${name(target).slice(0, 40)}`;
    },

    // Goes back or forward in the history, as far as that is the page's.
    travel(by) {
      if (by < 0 ? navigation.canGoBack : navigation.canGoForward) history.go(by);
      return `goes ${by < 0 ? "back" : "forward"}`;
    },

    // Presses the button beside a run that takes long, at once or when it has taken so long that there is one.
    async cancel(patiently) {
      const button = () => document.querySelector(".progress button");
      if (patiently) await until("a way to cancel", button);
      const what = button()?.textContent;
      button()?.click();
      return what ? `presses ${what}` : "has nothing to cancel";
    },

    // Waits for the run, and asks for one that was cancelled; says of which link it is, and its fingerprint.
    async arrive() {
      await until("the run", () => {
        const button = document.querySelector(".progress button");
        if (button?.textContent === "Compute it") button.click();
        return document.body.dataset.run === "done";
      });
      return [location.hash, document.querySelector("[data-testid=fingerprint]").textContent];
    },

    // Waits for all answers.
    async hear() {
      await until("all answers", () => !document.querySelector("[aria-busy=true]"));
    },

    play() {
      document.querySelector("[data-testid=play]")?.click();
    },

    link: () => location.hash,
    size: () => [innerWidth, innerHeight],

    // The bytes of wasm memory in use: all but what its allocator could hand out without asking for more, in pieces of
    // 4 KiB.
    async wasm() {
      const { memory, __wbindgen_malloc, __wbindgen_free } = await wasm_bindgen();
      const [size, piece, pieces] = [memory.buffer.byteLength, 4096, []];
      do pieces.push(__wbindgen_malloc(piece, 8));
      while (memory.buffer.byteLength === size);
      pieces.forEach((at) => __wbindgen_free(at, piece, 8));
      return size - pieces.length * piece;
    },

    // Puts away all that was opened or typed and is not in the link, and returns to the first page view. A page that was
    // hidden keeps no runs but the one it shows.
    tidy() {
      for (const hidden of [true, false]) {
        Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
        document.dispatchEvent(new Event("visibilitychange"));
      }
      document.querySelectorAll(":popover-open").forEach((box) => box.hidePopover());
      click("#story-back, #panel-Errors, .panes button:first-child");
      document.querySelectorAll("[type=search], #pasted").forEach((box) => change(box, ""));
      click("h3 button[aria-expanded=true]");
      document.querySelectorAll("details[open]").forEach((details) => (details.open = false));
      document.activeElement.blur();
      change(document.querySelector("[data-testid=preset]"), "incident");
    },
  };
})();
