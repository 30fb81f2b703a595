// A room is one channel's messages on this page, private answers between them. It lives until the page is reloaded.
import { get } from "./api.js";
import { $, $$, element, make } from "./page.js";
import { pictures } from "./pictures.js";
import { localize, separate } from "./times.js";

export class Room {
  constructor(id) {
    this.id = id;
    this.list = make("div", { className: "room", hidden: true });
    this.loaded = false;
    this.more = false;
    this.scroll = null;
    $("#messages").append(this.list);
  }

  posts() { return $$("[data-post]", this.list).map((message) => Number(message.dataset.post)); }

  last() { return $$(":scope > .msg", this.list).at(-1); }

  async load() {
    const { messages, more } = await get("/api/messages", { channel: this.id });
    const known = this.posts();
    const gap = known.length && more && messages[0].id > Math.max(...known);
    if (gap) this.list.replaceChildren();
    if (gap || !known.length) this.more = more;
    for (const row of messages) this.place(row);
    this.loaded = true;
    this.tidy();
  }

  async earlier() {
    const { messages, more } = await get("/api/messages", { channel: this.id, before: Math.min(...this.posts()) });
    const first = $(".msg", this.list);
    for (const row of messages) this.place(row, (message) => first.before(message));
    this.more = more;
    this.tidy();
  }

  // Put a message where it belongs; false when it was there already.
  place(row, put = (message) => this.list.append(message)) {
    const message = element(row.html);
    localize(message);
    pictures(message);
    const old = document.getElementById(message.id);
    if (old) {
      carry(old, message);
      old.replaceWith(message);
      return false;
    }
    const parent = message.dataset.parent && document.getElementById(`post-${message.dataset.parent}`);
    if (parent) thread(parent, message);
    else put(message);
    return true;
  }

  tidy() {
    for (const message of $$(":scope > .msg[data-parent]", this.list)) {
      const parent = document.getElementById(`post-${message.dataset.parent}`);
      if (parent) thread(parent, message);
    }
    separate(this.list);
    const some = $(":scope > .msg", this.list);
    if (some) $(":scope > .empty", this.list)?.remove();
  }
}

function thread(parent, message) {
  const details = $(".thread", parent);
  $(".replies", details).append(message);
  const many = $(".replies", details).childElementCount;
  $("summary", details).textContent = many === 1 ? "1 reply" : `${many} replies`;
  details.hidden = false;
}

// An edited message keeps what its reader unfolded, asked and held in focus.
function carry(old, fresh) {
  for (const shown of $$(".abstract:not([hidden])", old)) {
    const same = $(`#${shown.id}`, fresh);
    if (!same) continue;
    same.hidden = false;
    $(`[aria-controls="${shown.id}"]`, fresh)?.setAttribute("aria-expanded", "true");
  }
  const places = $$(".what", fresh);
  $$(".what", old).forEach((place, n) => (places[n] ?? $(".hold", fresh)).append(...$$(":scope > .private", place)));
  $(".body", fresh).after(...$$(":scope > .hold > .private", old));
  $(".thread", fresh).replaceWith($(".thread", old));
  const held = old.contains(document.activeElement) && document.activeElement.getAttribute("aria-label");
  if (held) requestAnimationFrame(() => $(`[aria-label="${CSS.escape(held)}"]`, fresh)?.focus({ preventScroll: true }));
}
