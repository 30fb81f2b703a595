// Text that is to be taken elsewhere whole.
import { $, hear } from "./page.js";

export async function copy(button) {
  const code = $("code", button.closest(".code"));
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
    hear("Copied");
  } catch {
    getSelection().selectAllChildren(code); // a browser that grants no clipboard: the keyboard's own copy takes it
    button.textContent = "Selected: press Ctrl+C";
    hear(button.textContent);
  }
}
