// Topics as chips: Enter adds what was typed, Backspace in the empty box takes the last one away.
import { $, $$, make } from "./page.js";

export const gather = (row) =>
  [...$$(".chip", row).map((chip) => chip.dataset.value), $(".chips > input", row).value.trim()].filter(Boolean).join("; ");

export function key(event) {
  const input = event.target;
  if ((event.key === "Enter" || event.key === ";") && (input.value.trim() || event.key === ";")) {
    event.preventDefault();
    add(input);
  } else if (event.key === "Backspace" && !input.value) {
    const last = $$(".chip", input.parentElement).at(-1);
    if (last) remove($("button", last));
  }
}

export function add(input) {
  const known = $$(".chip", input.parentElement).map((chip) => chip.dataset.value);
  for (const topic of input.value.split(/[;\n]/).map((part) => part.trim()).filter(Boolean)) {
    if (!known.includes(topic)) input.before(chip(topic));
  }
  input.value = "";
  changed(input);
}

export function remove(button) {
  const box = button.closest(".chips");
  button.closest(".chip").remove();
  const input = $(":scope > input", box);
  input.focus();
  changed(input);
}

function chip(topic) {
  const made = document.importNode($("#chip").content.firstElementChild, true);
  made.dataset.value = topic;
  $("bdi", made).textContent = topic;
  $("button", made).setAttribute("aria-label", `Remove ${topic}`);
  return made;
}

const changed = (input) => input.dispatchEvent(new Event("change", { bubbles: true }));
