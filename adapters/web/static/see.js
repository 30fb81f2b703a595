// A message as another platform shows it: a drawing in a frame of its own, and what is sent, to be copied.
import { get } from "./api.js";
import { current } from "./channels.js";
import { $, $$, make } from "./page.js";
import { moments } from "./times.js";

const dialog = $("dialog.seen"); // not there when there are no drawings
let turn = 0;

export async function see(button) {
  const mine = ++turn;
  const { as, name, ...which } = button.dataset;
  const query = { as, ...which, ...("post" in which && { channel: current() }) };
  $("h2", dialog).textContent = `As ${name} shows it`;
  $(".copy", dialog).textContent = "Copy";
  fill("", [], "");
  choose($("[role=tab]", dialog));
  dialog.showModal();
  try {
    const { source } = await get("/api/source", query);
    if (mine === turn) fill(source, [frame(query, `Drawing: as ${name} shows it`)], "");
  } catch (error) {
    if (mine === turn) fill("", [], error.message);
  }
}

function fill(source, drawing, sorry) {
  $("code", dialog).textContent = source;
  $(".frame", dialog).replaceChildren(...drawing);
  $(".sorry", dialog).textContent = sorry;
  $(".sorry", dialog).hidden = !sorry;
}

// A new frame each time: another address in the same one would be a step of the browser's history.
function frame(query, title) {
  const { theme } = document.documentElement.dataset;
  const made = make("iframe", { title, src: `/api/drawing?${new URLSearchParams({ ...query, ...(theme && { theme }) })}` });
  made.sandbox.add("allow-same-origin", "allow-popups", "allow-popups-to-escape-sandbox");
  made.addEventListener("load", () => {
    made.contentDocument?.addEventListener("keydown", (event) => { if (event.key === "Escape") dialog.close(); });
    if (made.contentDocument) moments(made.contentDocument);
  });
  return made;
}

function choose(tab, focus = false) {
  for (const some of $$("[role=tab]", dialog)) {
    const on = some === tab;
    some.setAttribute("aria-selected", String(on));
    some.tabIndex = on ? 0 : -1;
    some.autofocus = on;
    document.getElementById(some.getAttribute("aria-controls")).hidden = !on;
  }
  if (focus) tab.focus();
}

dialog?.addEventListener("click", (event) => {
  const tab = event.target.closest("[role=tab]");
  if (tab) choose(tab);
  if (event.target === dialog || event.target.closest(".shut")) dialog.close();
});

dialog?.addEventListener("keydown", (event) => {
  if (!event.target.matches("[role=tab]")) return;
  const tabs = $$("[role=tab]", dialog);
  const at = tabs.indexOf(event.target);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  choose(tabs[(to + tabs.length) % tabs.length], true);
});

dialog?.addEventListener("close", () => { turn += 1; fill("", [], ""); });
