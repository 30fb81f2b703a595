// Forms: their answers as arguments, what saving would do while they are filled in, and the saving.
import { newId, post } from "./api.js";
import { panelOf, replace, tell } from "./answers.js";
import { current } from "./channels.js";
import { gather as topics } from "./chips.js";
import { $, $$, hear, make } from "./page.js";

const PAUSE = 350;
const turns = new WeakMap();

function gather(form) {
  const rows = $$(".row", form).map((row) => [row.dataset.field, value(row)]);
  return { ...JSON.parse(form.dataset.arguments), ...Object.fromEntries(rows) };
}

function value(row) {
  if (row.dataset.kind === "days") return $$(":checked", row).map((box) => box.value).join(", ");
  if (row.dataset.kind === "topics") return topics(row);
  if (row.dataset.kind === "flag") return $("input", row).checked ? "yes" : "no";
  return $("input, select", row).value.trim();
}

const asked = (form) => ({ id: newId(), channel: current(), command: form.dataset.command, arguments: gather(form) });

// Ask dry what saving would do; only the latest answer counts.
export function foresee(form) {
  clearTimeout(turns.get(form));
  const mine = setTimeout(async () => {
    if (local(form)) return;
    const answer = await post("/api/action", { ...asked(form), dry: true }).catch(() => null);
    if (!answer || turns.get(form) !== mine) return;
    if ($(".next", form).innerHTML !== answer.preview) $(".next", form).innerHTML = answer.preview;
    for (const row of $$(".row", form)) wrong(row, answer.mistakes[row.dataset.field] ?? "");
  }, PAUSE);
  turns.set(form, mine);
}

export async function submit(form) {
  clearTimeout(turns.get(form));
  turns.delete(form);
  const button = $("[type=submit]", form);
  if (button.disabled || local(form)) return;
  button.disabled = true;
  $(".notice", form)?.remove();
  try {
    take(form, await post("/api/action", asked(form)));
  } catch (error) {
    notice(form, error.message);
  } finally {
    button.disabled = false;
  }
}

function take(form, answer) {
  const holder = form.closest(".private");
  if (answer.kind === "mistake" || answer.kind === "failure") {
    return notice(form, panelOf(answer).querySelector(".inside").innerText);
  }
  tell(answer);
  const panel = panelOf(answer);
  panel.dataset.beside = holder.dataset.beside ?? "";
  if (!panel.dataset.beside) delete panel.dataset.beside;
  replace(holder, panel);
  $("[aria-invalid]", panel)?.focus();
}

function notice(form, sentence) {
  $(".notice", form)?.remove();
  form.append(make("p", { className: "notice wrong", textContent: sentence }));
  hear(sentence);
}

// The one mistake that would otherwise look like "leave the days as they are".
function local(form) {
  const empty = $$('.row[data-kind="days"]', form).filter((row) => !$(":checked", row));
  for (const row of empty) wrong(row, "Choose at least one day.");
  return empty.length > 0;
}

function wrong(row, sentence) {
  const line = $(".wrong", row);
  if (line.textContent === sentence) return;
  line.textContent = sentence;
  line.hidden = !sentence;
  for (const control of $$("input, select", row)) {
    if (sentence) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}

// Zones that the form does not offer by itself are the browser's.
export function zones(input) {
  const list = document.getElementById(input.getAttribute("list"));
  if (list.childElementCount || !Intl.supportedValuesOf) return;
  list.append(...["UTC", ...Intl.supportedValuesOf("timeZone")].map((zone) => make("option", { value: zone })));
}
