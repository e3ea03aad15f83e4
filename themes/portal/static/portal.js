// Conveniences on top of pages that are complete without this file: large print, print, copy, end of publicity.
// A classic deferred script, not a module, so that it also runs from file://.
"use strict";
{
  const root = document.documentElement;
  const KEY = "portal-large-print";

  // localStorage may be forbidden; the choice then lasts for one page.
  const remember = (on) => { try { on ? localStorage.setItem(KEY, "1") : localStorage.removeItem(KEY); } catch { /* not kept */ } };
  const remembered = () => { try { return localStorage.getItem(KEY) === "1"; } catch { return false; } };

  const tools = document.querySelector(".tools");
  if (tools) {
    const button = document.createElement("button");
    button.type = "button";
    const show = (on) => {
      root.classList.toggle("large", on);
      button.textContent = on ? tools.dataset.normal : tools.dataset.large;
    };
    show(remembered());
    button.addEventListener("click", () => {
      const on = !root.classList.contains("large");
      remember(on);
      show(on);
    });
    tools.append(button);
  }

  const reveal = (element) => element.closest("[hidden]")?.removeAttribute("hidden");

  for (const button of document.querySelectorAll("[data-print]")) {
    reveal(button);
    button.addEventListener("click", () => window.print());
  }

  if (navigator.clipboard) {
    for (const button of document.querySelectorAll("[data-copy]")) {
      reveal(button);
      const address = document.querySelector("link[rel=canonical]")?.href || location.href;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(address);
        button.textContent = button.dataset.done;
      });
    }
  }

  // Folded data is printed too.
  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("main details:not(.filter)")) details.open = true;
  });

  // The last day of publicity is a Beijing date; a copy of the page that outlives it hides itself.
  const beijing = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10);
  for (const element of document.querySelectorAll("[data-until]")) {
    if (element.dataset.until < beijing) {
      const notice = document.createElement("p");
      notice.className = "wrap notice lead";
      notice.textContent = element.dataset.untilText;
      element.replaceChildren(notice);
      document.title = element.dataset.untilText;
      for (const crumb of document.querySelectorAll(".crumbs [aria-current]")) crumb.textContent = "";
    }
  }
}
