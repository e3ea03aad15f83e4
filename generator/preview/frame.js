// A page of the preview at another width: in a frame, so that the page's own media queries see that width.
"use strict";
{
  const WIDTHS = [390, 768, 1280];
  const wanted = new URLSearchParams(location.hash.slice(1));
  const frame = document.querySelector("iframe");
  // Only a page of this server.
  const page = new URL(wanted.get("page") ?? "/", location.origin);
  if (page.origin === location.origin) frame.src = page.href;

  const link = (text, href) => Object.assign(document.createElement("a"), { textContent: text, href });
  const show = (width) => {
    frame.style.width = `${width}px`;
    for (const one of document.querySelectorAll("nav a")) one.toggleAttribute("aria-current", one.textContent === `${width}`);
  };
  const links = WIDTHS.map((width) => {
    const one = link(`${width}`, "#");
    one.addEventListener("click", (event) => { event.preventDefault(); show(width); });
    return one;
  });
  const back = link(wanted.get("lang") === "en" ? "full width" : "回到全宽", page.href);
  // The way back leads to where the frame is now.
  back.addEventListener("click", () => { back.href = frame.contentWindow.location.href; });
  document.querySelector("nav").append(...links, back);
  show(Number(wanted.get("width")) || WIDTHS[0]);
}
