// Times of day and days, in the reader's own zone.
import { $$, make } from "./page.js";

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
const dayOfYear = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });

export function localize(root) {
  for (const time of $$("time", root)) {
    const at = new Date(time.dateTime);
    time.textContent = clock.format(at);
    time.title = full.format(at);
  }
}

// A drawing's moments, which may be written in any of Discord's styles: https://docs.discord.com/developers/reference#message-formatting
const styles = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  s: { dateStyle: "short", timeStyle: "short" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};

export function moments(root) {
  for (const time of $$("time[data-style]", root)) {
    time.textContent = new Intl.DateTimeFormat("en-GB", styles[time.dataset.style] ?? styles.f).format(new Date(time.dateTime));
  }
}

// Put a line with the date before the first message of each day.
export function separate(list) {
  for (const old of $$(":scope > .day", list)) old.remove();
  let before = "";
  for (const message of $$(":scope > .msg", list)) {
    const at = new Date(message.dataset.at);
    const name = (at.getFullYear() === new Date().getFullYear() ? day : dayOfYear).format(at).replace(",", "");
    if (name !== before) message.before(make("div", { className: "day", role: "separator", textContent: name }));
    before = name;
  }
}
