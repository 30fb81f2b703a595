// Completion of commands and their parameters: a combobox with a listbox
// (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). Tab takes the first row, arrows choose another.
import { get } from "./api.js";
import { current } from "./channels.js";
import { $, $$, make } from "./page.js";

const say = $("#say");
const list = $(".list");
const options = $("#options");
const ghost = $(".ghost");
const PREFIX = /^\/(papers\s+)?/;

let rows = [];
let at = -1;
let turn = 0;

export const visible = () => !list.hidden;
export const choosing = () => visible() && at >= 0;

export async function suggest() {
  const mine = ++turn;
  const line = say.value;
  if (!line.trim()) return hide();
  const found = await get("/api/complete", { channel: current(), line }).catch(() => null);
  if (mine !== turn || say.value !== line || !found) return;
  rows = found.completions;
  at = -1;
  draw();
}

export function hide() {
  turn += 1;
  rows = [];
  at = -1;
  draw();
}

export function move(step) {
  at = at < 0 && step < 0 ? rows.length - 1 : (at + step + rows.length) % rows.length;
  draw();
}

export function take(n = Math.max(at, 0)) {
  say.value = filled(rows[n]);
  say.focus();
  say.setSelectionRange(say.value.length, say.value.length);
  hide();
  suggest();
}

// What is filled in keeps the "/" or "/papers" that was typed, and has none of its own.
const typedHead = () => PREFIX.exec(say.value)?.[0] ?? "";
const filled = (row) => typedHead() + row.text.replace(PREFIX, "");

function draw() {
  list.hidden = rows.length === 0;
  say.setAttribute("aria-expanded", String(!list.hidden));
  options.replaceChildren(...rows.map(option));
  if (at >= 0) {
    say.setAttribute("aria-activedescendant", `option-${at}`);
    $(`#option-${at}`).scrollIntoView({ block: "nearest" });
  } else {
    say.removeAttribute("aria-activedescendant");
  }
  $(".keys .key-send").textContent = at >= 0 ? "fill in" : "send";
  haunt();
}

function option(row, n) {
  const [name, ...parameters] = row.usage.split(/(?=\s[<[])/);
  const details = row.details.flatMap(([label, text]) => [make("span", { className: "quiet", textContent: label }), describe(label, text)]);
  const parts = [
    make("span", { className: "cmd" }, ...bold(name), make("i", { textContent: parameters.join("") })),
    make("span", { className: "what", textContent: row.summary }),
    ...(details.length ? [make("span", { className: "param" }, ...details)] : []),
  ];
  const made = make("li", { id: `option-${n}` }, ...parts);
  made.setAttribute("role", "option");
  made.setAttribute("aria-selected", String(n === at));
  made.classList.toggle("ready", at < 0 && n === 0);
  return made;
}

const describe = (label, text) => make(label === "example" ? "code" : "span", { textContent: text });

// The letters that were typed stand out in the name that they are part of.
function bold(name) {
  const typed = say.value.replace(PREFIX, "").trim().toLowerCase();
  const found = typed ? name.toLowerCase().indexOf(typed) : -1;
  if (found < 0) return [name];
  const end = found + typed.length;
  return [name.slice(0, found), make("b", { textContent: name.slice(found, end) }), name.slice(end)];
}

// The rest of the first row stands behind what was typed.
function haunt() {
  const row = rows[Math.max(at, 0)];
  const typed = say.value;
  const whole = row && [typedHead() + row.usage, filled(row)].find((text) => text.toLowerCase().startsWith(typed.toLowerCase()));
  const rest = whole && typed ? whole.slice(typed.length) : "";
  ghost.replaceChildren(make("span", { textContent: typed }), rest);
}

options.addEventListener("pointerdown", (event) => event.preventDefault());
options.addEventListener("click", (event) => {
  const row = event.target.closest("[role=option]");
  if (row) take($$("[role=option]", options).indexOf(row));
});
