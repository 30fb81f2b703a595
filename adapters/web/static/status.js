// The status page: its moments in the reader's own zone.
import { $$ } from "./page.js";

const local = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

for (const time of $$("time")) time.textContent = local.format(new Date(time.dateTime)).replaceAll(",", "");
