// The side bar: which channels there are, which is open, and what in them was not read yet.
import { get } from "./api.js";
import { $, $$, keep, make } from "./page.js";

let known = [];
let here = null;
let seen = keep.get("broadsheet.seen");

export const channel = (id) => known.find((row) => row.id === id);
export const current = () => here;
export const first = () => known[0]?.id;
export const shown = (row) => (row.direct ? row.name : `#${row.name}`);

export async function refresh() {
  const { html, channels } = await get("/api/channels");
  const held = document.activeElement?.dataset.channel;
  known = channels;
  $(".side nav").innerHTML = html;
  if (held) $(`.side nav [data-channel="${CSS.escape(held)}"]`)?.focus();
  if (seen === null) {
    seen = Object.fromEntries(known.map((row) => [row.id, Math.max(0, ...row.posts)]));
    keep.set("broadsheet.seen", seen);
  }
  draw();
}

export function open(id) {
  here = id;
  read(id);
}

// Everything in a channel was on the screen.
export function read(id) {
  const row = channel(id);
  if (!row || document.hidden) return draw();
  seen = { ...seen, [id]: Math.max(seen[id] ?? 0, ...row.posts) };
  keep.set("broadsheet.seen", seen);
  draw();
}

export function arrived(id, post) {
  const row = channel(id);
  if (row && !row.posts.includes(post)) row.posts.push(post);
  if (id === here) read(id);
  else draw();
}

const unread = (row) => row.posts.filter((post) => post > (seen?.[row.id] ?? 0)).length;

function draw() {
  for (const link of $$(".side nav [data-channel]")) {
    const row = channel(link.dataset.channel);
    const many = row ? unread(row) : 0;
    link.classList.toggle("unread", many > 0);
    if (link.dataset.channel === here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    $(".count", link)?.remove();
    if (many) link.append(make("span", { className: "count" }, String(many), make("span", { className: "vh", textContent: many === 1 ? " new message" : " new messages" })));
  }
  const row = channel(here);
  if (!row) return;
  const all = known.reduce((sum, some) => sum + unread(some), 0);
  $("#where").textContent = shown(row);
  const [about, ...rest] = row.about.split(" · ");
  $("#about").replaceChildren(about, make("span", { className: "rest", textContent: rest.map((part) => ` · ${part}`).join("") }));
  $(".menu-open .dot").hidden = !known.some((some) => some.id !== here && unread(some));
  document.title = `${all ? `(${all}) ` : ""}${shown(row)} · Broadsheet`;
}

document.addEventListener("visibilitychange", () => { if (here) read(here); });
