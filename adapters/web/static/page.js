// Small things that every part of the page needs.
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// HTML from our own server, in which everything from outside was escaped.
export function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

export function make(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// Say something to those who listen instead of looking.
let turn = 0;
export function hear(text) {
  const mine = ++turn;
  const heard = $("dialog[open] [role=status]") ?? $("#heard"); // behind a window nothing is heard
  heard.textContent = "";
  requestAnimationFrame(() => { if (mine === turn) heard.textContent = text; });
}

export const smooth = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

// What a browser may refuse to keep (private windows) is kept for as long as the page lives.
const memory = new Map();
export const keep = {
  get(name) { try { return JSON.parse(localStorage.getItem(name)); } catch { return memory.get(name) ?? null; } },
  set(name, value) { try { localStorage.setItem(name, JSON.stringify(value)); } catch { memory.set(name, value); } },
};
