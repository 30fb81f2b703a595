// The message box: what is typed is sent, shown, answered; what failed can be sent again.
import { panelOf, tell } from "./answers.js";
import { newId, post } from "./api.js";
import { current } from "./channels.js";
import { choosing, hide, move, suggest, take, visible } from "./complete.js";
import { $, hear, make } from "./page.js";
import { append, begun, come, room } from "./stream.js";
import { localize } from "./times.js";

const say = $("#say");
const PAUSE = 90;
const SLOW = 300;
const past = [];
let back = 0;
let typing = 0;

export function send(line) {
  hide();
  if (!line.trim()) return;
  say.value = "";
  if (!room) return void begun.then(() => send(line));
  past.push(line);
  back = past.length;
  const message = echo(line);
  append(message);
  ask(message, { id: newId(), channel: current(), line }, room);
}

function echo(line) {
  const time = make("time", { dateTime: new Date().toISOString() });
  const me = make("span", { className: "me", textContent: "Y" });
  const said = make("p", { className: "said" }, make("code", { textContent: line }));
  const hold = make("div", { className: "hold" }, make("div", { className: "by" }, make("b", { textContent: "You" }), time), said);
  const message = make("article", { className: "msg mine", tabIndex: -1 }, me, hold);
  me.setAttribute("aria-hidden", "true");
  message.setAttribute("aria-label", `You: ${line}`);
  message.dataset.at = time.dateTime;
  localize(message);
  return message;
}

async function ask(message, send, where) {
  const fate = make("p", { className: "fate" });
  $(".hold", message).append(fate);
  const slow = setTimeout(() => fate.append(make("span", { className: "dots", textContent: "Sending" })), SLOW);
  try {
    const answer = await post("/api/command", send);
    fate.remove();
    tell(answer);
    $(".hold", message).append(panelOf(answer));
    if (where === room) come(message);
  } catch (error) {
    const retry = make("button", { type: "button", className: "btn", textContent: "Send again" });
    retry.addEventListener("click", () => { fate.remove(); say.focus(); ask(message, send, where); });
    fate.replaceChildren(`Not sent. ${error.message}`, retry);
    fate.classList.add("failed");
    hear(`Not sent. ${error.message}`);
    if (where === room) come(message);
  } finally {
    clearTimeout(slow);
  }
}

// The lines that this page sent, the latest first.
function recall(step) {
  const to = back + step;
  if (to < 0 || to > past.length) return;
  back = to;
  say.value = past[back] ?? "";
  requestAnimationFrame(() => say.setSelectionRange(say.value.length, say.value.length));
  hide();
}

const keys = {
  ArrowDown: () => (visible() ? move(1) : recall(1)),
  ArrowUp: () => (visible() ? move(-1) : recall(-1)),
};

say.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  } else if (event.key === "Tab" && !event.shiftKey && visible()) {
    event.preventDefault();
    take();
  } else if (event.key === "Escape") {
    clearTimeout(typing);
    if (visible()) event.stopPropagation();
    hide();
  } else if (event.key === "Enter" && choosing()) {
    event.preventDefault();
    take();
  }
});

say.addEventListener("input", () => {
  back = past.length;
  clearTimeout(typing);
  $(".ghost").replaceChildren();
  typing = setTimeout(suggest, PAUSE);
});

say.addEventListener("blur", () => { clearTimeout(typing); hide(); });

$("#compose").addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  send(say.value);
});
