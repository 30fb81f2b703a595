// Thumbnails come from elsewhere: they are asked for only when online, and leave no gap when they do not come.
import { $$ } from "./page.js";

export function pictures(root) {
  for (const picture of $$("img[data-src]", root)) {
    picture.addEventListener("error", () => {
      picture.closest(".pictured")?.classList.remove("pictured");
      picture.remove();
    });
    if (navigator.onLine) picture.src = picture.dataset.src;
    else addEventListener("online", () => { picture.src = picture.dataset.src; }, { once: true });
  }
}
