// The status page: its moments in the reader's own zone.
import { $$ } from "./page.js";

const local = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

const exact = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

for (const time of $$("time")) {
  const format = { exact, clock }[time.dataset.format] ?? local;
  time.textContent = format.format(new Date(time.dateTime)).replaceAll(",", "");
}
