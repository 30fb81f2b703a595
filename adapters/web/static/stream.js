// The messages that are seen: which room is open, where it is scrolled to, and what is new below.
import { $, make, smooth } from "./page.js";
import { Room } from "./rooms.js";

const stream = $("#stream");
const pill = $(".pill");
const earlier = $(".earlier");
const rooms = new Map();
const NEAR = 96;
let along = true; // until the reader scrolls up, the page goes along with what is new
let top = 0;

export let room = null;

let begin;
// Settles when the first room is on the screen: what is typed before belongs there.
export const begun = new Promise((settled) => { begin = settled; });

export function roomOf(id) {
  if (!rooms.has(id)) rooms.set(id, new Room(id));
  return rooms.get(id);
}

export const loaded = () => [...rooms.values()].filter((some) => some.loaded);

export async function enter(id, empty) {
  if (room) {
    room.scroll = stream.scrollTop;
    room.list.hidden = true;
  }
  room = roomOf(id);
  room.list.hidden = false;
  begin();
  pill.hidden = true;
  const first = !room.loaded;
  if (first) await attempt(room);
  if (room.id !== id) return;
  blank(empty);
  earlier.hidden = !room.more;
  if (first || room.scroll === null) settle(room.last());
  else {
    stream.scrollTop = room.scroll;
    along = left() < NEAR;
  }
}

// Show a message from its beginning, or the end of the room when all of it fits.
export function settle(message, behavior = "auto") {
  const end = stream.scrollHeight - stream.clientHeight;
  const day = message?.previousElementSibling;
  const from = day?.matches(".day") ? day : message;
  const at = from ? from.getBoundingClientRect().top - stream.getBoundingClientRect().top + stream.scrollTop - 24 : end;
  along = true;
  stream.scrollTo({ top: Math.min(end, at), behavior });
}

// Show what changed below, unless the reader has scrolled up: then say that there is something.
export function come(message) {
  if (along) settle(message, smooth());
  else pill.hidden = false;
}

const left = () => stream.scrollHeight - stream.scrollTop - stream.clientHeight;

// A message arrived by itself; true when it is on the screen.
export function arrive(row) {
  const where = roomOf(row.channel);
  if (!where.loaded) return false;
  const here = where === room;
  const atEnd = left() < NEAR;
  const before = where.last();
  const fresh = where.place(row);
  where.tidy();
  const message = document.getElementById(`post-${row.id}`);
  if (!fresh || !here) return here;
  message.classList.add("arrived");
  if (before?.matches(".mine")) come(before); // most likely what was asked for
  else if (atEnd) settle(message, smooth());
  else pill.hidden = false;
  return true;
}

export function append(message) {
  room.list.append(message);
  room.tidy();
  settle(message, smooth());
}

export function onScreen(part) {
  const [here, all] = [part.getBoundingClientRect(), stream.getBoundingClientRect()];
  return here.bottom > all.top && here.top < all.bottom;
}

// Keep what an answer changed in view.
export function reveal(part) {
  part.scrollIntoView({ block: part.offsetHeight > stream.clientHeight ? "start" : "nearest", behavior: smooth() });
}

function blank(make_) {
  if (!room.last() && !$(":scope > .empty, :scope > .fate", room.list)) room.list.append(make_());
}

async function attempt(some) {
  $(":scope > .fate", some.list)?.remove();
  try {
    await some.load();
  } catch (error) {
    const retry = make("button", { className: "btn", type: "button", textContent: "Try again" });
    retry.addEventListener("click", async () => { await attempt(some); settle(some.last()); });
    some.list.append(make("p", { className: "fate failed" }, `The messages did not come. ${error.message}`, retry));
  }
}

pill.addEventListener("click", () => {
  const last = room.last();
  settle(last, smooth());
  last.focus({ preventScroll: true });
});

stream.addEventListener("scroll", () => {
  const near = left() < NEAR;
  along = near || (along && stream.scrollTop >= top);
  top = stream.scrollTop;
  if (near) pill.hidden = true;
}, { passive: true });

earlier.addEventListener("click", async () => {
  const from = stream.scrollHeight - stream.scrollTop;
  await room.earlier().catch(() => {});
  earlier.hidden = !room.more;
  stream.scrollTop = stream.scrollHeight - from;
});
