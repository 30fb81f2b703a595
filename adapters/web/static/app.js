// The page's beginning: which channel is open, and which part answers to which click, key and piece of news.
import { dismiss, press } from "./answers.js";
import { arrived, channel, current, first, open, read, refresh, shown } from "./channels.js";
import * as chips from "./chips.js";
import { send } from "./composer.js";
import { copy } from "./copy.js";
import { foresee, submit, zones } from "./forms.js";
import { close, drawer, menu, unfold, walk } from "./menus.js";
import { listen } from "./news.js";
import { $, hear, make } from "./page.js";
import { see } from "./see.js";
import { arrive, enter, loaded, roomOf } from "./stream.js";

const CLICKS = [
  [".unfold", unfold],
  [".more", menu],
  [".dismiss", dismiss],
  [".copy", copy],
  [".see", see],
  [".chip button", chips.remove],
  ["[data-send]", (button) => { drawer(false); send(button.dataset.send); $("#say").focus({ preventScroll: true }); }],
  [".side nav a", () => drawer(false)],
  ["button[data-command]", (button) => { close(true); press(button); }],
];

document.addEventListener("click", (event) => {
  if (!event.target.closest(".more, .pop")) close();
  const skip = event.target.closest(".skip");
  if (skip) {
    event.preventDefault();
    return $("#say").focus();
  }
  for (const [selector, act] of CLICKS) {
    const hit = event.target.closest(selector);
    if (hit) return act(hit);
  }
});

document.addEventListener("keydown", (event) => {
  walk(event);
  if (event.target.matches(".chips > input")) chips.key(event);
  if (event.key === "Escape") drawer(false);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.set")) return;
  event.preventDefault();
  submit(event.target);
});

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => { const form = event.target.closest("form.set"); if (form) foresee(form); });
}

document.addEventListener("focusin", (event) => {
  if (event.target.matches("input[list]")) zones(event.target);
});

const asked = () => decodeURIComponent(location.hash.replace(/^#\/?/, ""));

async function go() {
  const id = channel(asked()) ? asked() : first();
  if (!id || id === current()) return;
  open(id);
  const row = channel(id);
  $("#stream").setAttribute("aria-label", `Messages in ${shown(row)}`);
  $("#say").setAttribute("aria-label", `Command in ${shown(row)}`);
  await enter(id, () => empty(row));
  read(id);
}

const empty = (row) => $(row.direct ? "#empty-direct-channel" : "#empty-channel").content.firstElementChild.cloneNode(true);

let calm = 0;
const soon = () => { clearTimeout(calm); calm = setTimeout(() => refresh().catch(() => {}), 200); };

listen({
  post(row) {
    const shows = arrive(row);
    arrived(row.channel, row.id);
    if (shows && row.channel === current()) hear(`New message: ${row.said}`);
    soon();
  },
  edit: (row) => roomOf(row.channel).loaded && arrive(row),
  channels: soon,
  async reset() {
    await Promise.all(loaded().map((room) => room.load().catch(() => {})));
    soon();
  },
});

addEventListener("hashchange", go);
refresh().then(go, (error) => $("#messages").append(make("p", { className: "fate failed", textContent: error.message })));
