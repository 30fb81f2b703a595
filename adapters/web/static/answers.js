// Private answers: where they are put, how they leave, and what their buttons do.
import { newId, post } from "./api.js";
import { current } from "./channels.js";
import { $, element, hear, make } from "./page.js";
import { pictures } from "./pictures.js";
import { onScreen, reveal, room } from "./stream.js";
import { localize } from "./times.js";

const SEEN_BY_YOU = "Only you can see this";

export function panelOf(answer) {
  const panel = element(answer.html);
  localize(panel);
  pictures(panel);
  return panel;
}

export function tell(answer) {
  hear(`${SEEN_BY_YOU}: ${answer.said}`);
}

// A button is a command with its arguments filled in; its answer appears beside it.
export async function press(button) {
  if (button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  const send = { id: newId(), channel: current(), command: button.dataset.command, arguments: JSON.parse(button.dataset.arguments) };
  try {
    await ask(button, button.matches(".share") ? { ...send, share: true } : send);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

async function ask(button, send) {
  const holder = button.closest(".private");
  try {
    const answer = await post("/api/action", send);
    tell(answer);
    if (send.share && !["mistake", "failure"].includes(answer.kind)) return shared(button);
    const panel = panelOf(answer);
    if (holder && answer.placement === "replace") return replace(holder, panel, button);
    beside(button, panel);
  } catch (error) {
    const retry = make("button", { type: "button", className: "btn", textContent: "Try again" });
    const sorry = make("p", { className: "fate failed" }, error.message, retry);
    retry.addEventListener("click", () => { sorry.remove(); ask(button, send); });
    beside(button, sorry);
    hear(error.message);
  }
}

function shared(button) {
  button.textContent = "Shared";
  button.disabled = true;
}

// The new page of a list takes the place of the one before, and the focus stays on the button of the same name.
export function replace(holder, panel, button) {
  const name = button?.textContent;
  const seen = onScreen(holder);
  holder.replaceWith(panel);
  const same = [...panel.querySelectorAll("button")].find((some) => some.textContent === name);
  (same ?? panel).focus({ preventScroll: true });
  if (seen) reveal(panel);
}

function beside(button, part) {
  const item = button.closest(".what");
  const holder = button.closest(".private");
  const seen = onScreen(button);
  const host = item ?? button.closest(".hold");
  part.dataset.beside = item ? "item" : "message";
  const old = [...host.children].find((some) => some.dataset.beside);
  if (old && old !== holder) old.replaceWith(part);
  else if (item) item.append(part);
  else (holder ?? $(":scope > .body", host) ?? host.lastElementChild).after(part);
  if (seen) reveal(part);
}

export function dismiss(button) {
  const panel = button.closest(".private");
  const message = panel.closest(".msg.mine");
  const alone = message && panel.parentElement.closest(".msg") === message && !panel.dataset.beside;
  const back = panel.parentElement.matches(".what") ? $(".more, .txt", panel.parentElement) : $("#say");
  (alone ? message : panel).remove();
  room.tidy();
  back?.focus({ preventScroll: true });
}
