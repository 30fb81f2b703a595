// The chosen theme, before anything is drawn; without a choice the system's holds.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const read = () => { try { return localStorage.getItem("broadsheet.theme"); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem("broadsheet.theme", theme); } catch { /* private mode */ } };
  const chosen = read();
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    if (!button) return;
    const now = () => root.dataset.theme ?? (system.matches ? "dark" : "light");
    const name = () => button.setAttribute("aria-label", `Switch to ${now() === "dark" ? "light" : "dark"}`);
    button.addEventListener("click", () => {
      root.dataset.theme = now() === "dark" ? "light" : "dark";
      keep(root.dataset.theme);
      name();
    });
    system.addEventListener("change", name);
    name();
  });
})();
