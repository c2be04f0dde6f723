// A lesson in a learning platform: the calls of SCORM 1.2's run-time environment around the page. What a learner has done
// stands in the page's link; that is what is kept.

// The platform's object is in a window above this one, or above the one that opened it.
const above = start => {
  for (let at = start, rest = 500; at && rest > 0; at = at.parent === at ? null : at.parent, rest -= 1) {
    try {
      if (at.API) return at.API;
    } catch {
      return null; // Of another origin.
    }
  }
  return null;
};
const api = above(window) ?? above(window.opener);
const set = (name, value) => api?.LMSSetValue(`cmi.${name}`, value);

api?.LMSInitialize("");
document.querySelector("p").hidden = Boolean(api);
const begin = Date.now();
const frame = document.querySelector("iframe");
const kept = api?.LMSGetValue("cmi.suspend_data");
const status = api?.LMSGetValue("cmi.core.lesson_status");
let isCompleted = status === "completed" || status === "passed";
frame.src = `connlab.html#${kept || document.body.dataset.link}`;

// What the data model allows for it, in characters.
const LONGEST = 4096;

let last = kept;
const look = () => {
  const link = frame.contentWindow.location.hash.slice(1);
  if (!link || link === last) return;
  last = link;
  // The lesson is done when both runs were compared, and what happened was explained in the learner's own words.
  isCompleted ||= Boolean(new URLSearchParams(link).get("learned"));
  if (link.length <= LONGEST) set("suspend_data", link);
  set("core.lesson_status", isCompleted ? "completed" : "incomplete");
  api?.LMSCommit("");
};
setInterval(look, 1000);

const two = number => String(number).padStart(2, "0");
addEventListener("pagehide", () => {
  const seconds = Math.round((Date.now() - begin) / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  set("core.session_time", `${String(hours).padStart(4, "0")}:${two(minutes)}:${two(seconds % 60)}`);
  set("core.exit", isCompleted ? "" : "suspend");
  api?.LMSCommit("");
  api?.LMSFinish("");
});
