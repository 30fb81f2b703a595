// What folds and unfolds: abstracts, the menus of papers, the drawer.
import { $, $$ } from "./page.js";

const side = $("#side");
const main = $("main");
const opener = $(".menu-open");
const narrow = matchMedia("(max-width: 860px)");

export function unfold(button) {
  const part = document.getElementById(button.getAttribute("aria-controls"));
  part.hidden = !part.hidden;
  button.setAttribute("aria-expanded", String(!part.hidden));
}

export function menu(button) {
  const pop = button.nextElementSibling;
  const opens = pop.hidden;
  close();
  if (!opens) return;
  pop.hidden = false;
  button.setAttribute("aria-expanded", "true");
  pop.classList.remove("above");
  const end = $("#stream").getBoundingClientRect().bottom;
  pop.classList.toggle("above", pop.getBoundingClientRect().bottom > end);
  $("button", pop).focus({ preventScroll: true });
}

export function close(back = false) {
  for (const pop of $$(".pop:not([hidden])")) {
    const button = pop.previousElementSibling;
    if (back && pop.contains(document.activeElement)) button.focus();
    pop.hidden = true;
    button.setAttribute("aria-expanded", "false");
  }
}

// Arrows walk through a menu, as https://www.w3.org/WAI/ARIA/apg/patterns/menu-button/ has it.
export function walk(event) {
  const pop = event.target.closest(".pop");
  if (!pop) return;
  const rows = $$("button", pop);
  const at = rows.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    rows[(to + rows.length) % rows.length].focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    close(event.key === "Escape");
    event.stopPropagation();
  }
}

export function drawer(open) {
  const was = document.body.classList.contains("drawer");
  const on = open && narrow.matches;
  document.body.classList.toggle("drawer", on);
  main.inert = on;
  opener.setAttribute("aria-expanded", String(on));
  if (on) $("a", side).focus();
  else if (was && side.contains(document.activeElement)) opener.focus();
}

opener.addEventListener("click", () => drawer(true));
$(".veil").addEventListener("click", () => drawer(false));
narrow.addEventListener("change", () => drawer(false));
