// What happens elsewhere, as it happens. A lost connection is said, tried again, and missed news is caught up with.
import { $, hear } from "./page.js";

const SILENCE = 45_000; // the server gives a sign of life every 15 seconds
const AWAY = 300_000; // a page that nobody looks at gives its connection back: browsers grant six to a server
const strip = $("#strip");

let source = null;
let latest = document.body.dataset.latest;
let lost = 0;
let watch = 0;
let leave = 0;

export function listen(handlers) {
  const start = () => {
    source?.close();
    source = new EventSource(`/api/events?after=${encodeURIComponent(latest)}`);
    source.addEventListener("open", found);
    source.addEventListener("error", () => {
      miss();
      if (source.readyState === EventSource.CLOSED) again(3000);
    });
    for (const kind of ["post", "edit", "channels", "reset", "beat"]) {
      source.addEventListener(kind, (event) => {
        latest = event.lastEventId || latest;
        again(SILENCE);
        handlers[kind]?.(JSON.parse(event.data));
      });
    }
    again(SILENCE);
  };
  const again = (after) => {
    clearTimeout(watch);
    watch = setTimeout(start, after);
  };
  document.addEventListener("visibilitychange", () => {
    clearTimeout(leave);
    if (document.hidden) leave = setTimeout(() => { clearTimeout(watch); source.close(); source = null; }, AWAY);
    else if (!source) start();
  });
  start();
}

function miss() {
  if (lost) return;
  lost = setTimeout(() => {
    strip.textContent = "The connection to Broadsheet is lost. Trying again; what you see may be old.";
    strip.hidden = false;
  }, 1200);
}

function found() {
  clearTimeout(lost);
  lost = 0;
  if (strip.hidden) return;
  strip.hidden = true;
  hear("Connected again.");
}
