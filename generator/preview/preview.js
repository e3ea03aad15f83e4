// The script that the preview adds to a page, and all that it adds: listens for changes, exchanges style sheets,
// lays what is wrong over the page, and says in a bar what is known of it. Never part of a build.
"use strict";
{
  const { route, print, lang } = document.currentScript.dataset;
  const chinese = lang !== "en";
  const own = (name, query = {}) => `/__preview/${name}?${new URLSearchParams({ route, ...query })}`;
  const say = (zh, en) => (chinese ? zh : en);
  const pick = (text) => (chinese ? text.zh || text.en : text.en || text.zh);
  // Inside the frame that shows a page at another width, the bar stands around the frame.
  const framed = window.top !== window.self;

  const make = (name, properties = {}, ...inside) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...inside.filter((part) => part !== null && part !== undefined && part !== ""));
    return element;
  };
  const kept = (key) => { try { return sessionStorage.getItem(`gongkai-preview-${key}`); } catch { return null; } };
  const keep = (key, value) => { try { sessionStorage.setItem(`gongkai-preview-${key}`, value); } catch { /* not kept */ } };

  // Everything stands in a shadow tree: the page's style does not reach it, and it changes nothing of the page.
  const host = document.createElement("gongkai-preview");
  const shadow = host.attachShadow({ mode: "open" });
  const overlay = make("section", { className: "overlay", hidden: true });
  const bar = make("section", { className: "bar", hidden: framed });
  shadow.append(make("link", { rel: "stylesheet", href: "/__preview/preview.css" }), overlay, bar);
  document.documentElement.append(host);
  overlay.setAttribute("role", "alert");
  bar.setAttribute("aria-label", say("预览", "Preview"));

  // Without a secure context, as on another machine, there is no clipboard: then the text is marked and copied.
  const copy = async (text, button) => {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
    } else {
      const field = make("textarea", { value: text });
      shadow.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    button.textContent = say("已复制", "copied");
  };
  const copyLink = (place) => {
    const button = make("button", { type: "button", className: "copy", textContent: say("复制位置", "copy place") });
    button.addEventListener("click", () => copy(place, button));
    return button;
  };

  // ---- What is wrong

  const finding = (one) => make("li", { className: one.severity },
    make("strong", { textContent: pick(one.message) }),
    one.place && make("p", { className: "place" }, make("code", { textContent: one.place }), " ", copyLink(one.place)),
    one.excerpt && make("pre", { textContent: one.excerpt }),
    ...one.related.map((other) => make("p", { className: "place" }, `${pick(other.part)} `, make("code", { textContent: other.place }))),
    pick(one.help) && make("p", { className: "help", textContent: pick(one.help) }),
  );

  const showProblems = async () => {
    const { problems } = await (await fetch(own("problems"))).json();
    overlay.hidden = problems.length === 0;
    const errors = problems.filter((one) => one.severity === "error").length;
    const title = print
      ? say(`有 ${errors} 处错误，页面还是上一次没有错误时的样子`, `${errors} errors; the page is as it was before them`)
      : say(`有 ${errors} 处错误，改好以后这里会出现页面`, `${errors} errors; the page appears once they are mended`);
    const fold = make("button", { type: "button", textContent: say("收起", "fold") });
    fold.addEventListener("click", () => overlay.classList.toggle("folded"));
    overlay.replaceChildren(make("header", {}, make("h2", { textContent: title }), fold), make("ol", {}, ...problems.map(finding)));
  };

  // ---- Style sheets

  // The address of a style sheet holds a hash of its content: the same name before it means the same sheet.
  const stem = (path) => path.replace(/-[0-9a-f]{12}\.css$/, "");

  const exchangeSheets = (sheets, base) => {
    for (const link of document.querySelectorAll("link[rel=stylesheet]")) {
      const path = new URL(link.href).pathname;
      const next = sheets.map((sheet) => base + sheet).find((sheet) => stem(sheet) === stem(path));
      if (!next || next === path) continue;
      const newer = link.cloneNode();
      newer.href = next;
      // The old one goes when the new one is there, so that the page is never without.
      newer.addEventListener("load", () => { link.remove(); dress(); });
      newer.addEventListener("error", () => newer.remove());
      link.after(newer);
    }
  };

  // ---- Changes

  // A browser scrolls back before the page's own scripts have given it its height, so this is done once more after.
  const loadAgain = () => {
    keep("scroll", JSON.stringify([location.pathname, window.scrollX, window.scrollY]));
    location.reload();
  };
  const scrollBack = () => {
    const [path, left, top] = JSON.parse(kept("scroll") ?? "[]");
    keep("scroll", "[]");
    if (path === location.pathname) window.scrollTo({ left, top, behavior: "instant" });
  };
  if (document.readyState === "complete") scrollBack();
  else window.addEventListener("load", scrollBack);

  const changed = (state) => {
    host.dataset.generation = state.generation;
    if (state.print && state.print !== print) return loadAgain();
    exchangeSheets(state.sheets, state.base);
    if (state.errors > 0) showProblems();
    else overlay.hidden = true;
    if (!framed) showBar();
  };

  // A browser opens only a few connections to one server, so a page that nobody sees does not listen. The first
  // thing a listener is told is the state as it is, so nothing is missed meanwhile.
  let listener = null;
  const listen = () => {
    listener?.close();
    listener = null;
    if (document.hidden) return;
    listener = new EventSource(own("changes"));
    listener.onopen = () => { host.dataset.listening = "yes"; };
    listener.onmessage = (event) => changed(JSON.parse(event.data));
    listener.onerror = () => {
      host.dataset.listening = "no";
      // A server that was away refuses for good; asking again is what it takes then.
      if (listener?.readyState === EventSource.CLOSED) setTimeout(listen, 1000);
    };
  };
  document.addEventListener("visibilitychange", listen);
  window.addEventListener("pagehide", () => listener?.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) listen(); });

  // ---- The bar

  const row = (label, ...inside) => make("div", { className: "row" }, make("dt", { textContent: label }), make("dd", {}, ...inside));

  const toDay = (day) => fetch(own("day", { as_of: day }), { method: "POST", headers: { "X-Gongkai-Preview": "1" } });

  const dayField = (facts) => {
    const field = make("input", { type: "date", value: facts.as_of, name: "as_of" });
    field.setAttribute("aria-label", say("按哪一天显示", "Shown as of"));
    field.addEventListener("change", () => field.value && toDay(field.value));
    const back = make("button", { type: "button", textContent: say("回到站点的日期", "the site's own day"), hidden: facts.asked === null });
    back.addEventListener("click", () => toDay(""));
    return [field, " ", back];
  };

  const WIDTHS = [390, 768, 1280];
  const widths = () => WIDTHS.map((width) => make("a", {
    href: `/__preview/frame.html#${new URLSearchParams({ width, page: location.pathname + location.search, lang })}`,
    textContent: `${width}`,
  }));

  // Light and dark are media queries of the page: the rules for one are switched on or off.
  const SCHEMES = { "": say("跟随系统", "system"), light: say("浅色", "light"), dark: say("深色", "dark") };
  const scheme = () => kept("scheme") ?? "";
  const dressed = new WeakMap();
  const dress = () => {
    const wanted = scheme();
    for (const sheet of document.styleSheets) {
      for (const rule of sheet.cssRules) {
        if (!(rule instanceof CSSMediaRule)) continue;
        const written = dressed.get(rule) ?? rule.media.mediaText;
        const asked = /prefers-color-scheme:\s*(light|dark)/.exec(written);
        if (!asked) continue;
        dressed.set(rule, written);
        rule.media.mediaText = wanted === "" ? written : asked[1] === wanted ? "all" : "not all";
      }
    }
    document.documentElement.style.colorScheme = wanted;
  };
  const schemes = () => {
    const choice = make("select", { name: "scheme" }, ...Object.entries(SCHEMES).map(([value, textContent]) => make("option", { value, textContent })));
    choice.value = scheme();
    choice.setAttribute("aria-label", say("配色", "Colours"));
    choice.addEventListener("change", () => { keep("scheme", choice.value); dress(); });
    return choice;
  };
  const largePrint = () => {
    const themes = document.querySelector(".tools button");
    if (!themes) return null;
    const button = make("button", { type: "button", textContent: say("大字", "large print"), name: "large" });
    button.addEventListener("click", () => themes.click());
    return button;
  };

  const noDescription = () => document.querySelector("meta[name=description]") ? null : say("没有摘要", "no summary");
  const noAlternative = () => {
    const count = document.querySelectorAll("main img:not([alt]), main img[alt='']").length;
    return count > 0 ? say(`${count} 张图片没有替代文字`, `${count} pictures without alternative text`) : null;
  };

  const checks = (facts) => {
    const simple = [noDescription(), noAlternative()].filter(Boolean).map((text) => make("li", { className: "warning", textContent: text }));
    return [...facts.findings.map(finding), ...simple];
  };

  // What readers do not see stays away until somebody wants to see it, and goes with the next change.
  const masked = () => {
    const list = make("span", {});
    const button = make("button", { type: "button", name: "masked", textContent: say("显示遮盖和不公开的值", "show masked and internal values") });
    button.addEventListener("click", async () => {
      const answer = await fetch(own("masked"), { method: "POST", headers: { "X-Gongkai-Preview": "1" } });
      const values = answer.ok ? await answer.json() : null;
      const none = answer.ok ? say("没有", "none") : say("别的电脑能看到预览时不显示", "not while other machines can see the preview");
      const lines = (values ?? []).map((one) => make("li", { textContent: `${pick(one.label)}：${one.written}` }));
      list.replaceChildren(lines.length > 0 ? make("ul", {}, ...lines) : none);
      button.hidden = true;
    });
    return [button, list];
  };

  const showBar = async () => {
    const facts = await (await fetch(own("page"))).json();
    if (facts === null) return;
    const found = checks(facts);
    const summary = make("summary", {}, make("span", { textContent: say("预览", "Preview") }), " ",
      make("span", { className: "day", textContent: facts.as_of }), " ",
      found.length > 0 && make("span", { className: "count", textContent: `${found.length}` }));
    const until = facts.until && `${facts.until.day} · ${pick(facts.until.why)}`;
    const details = make("details", { open: kept("open") === "yes" }, summary, make("dl", {},
      row(say("来自", "From"), facts.place ? make("code", { textContent: facts.place }) : say("此页没有公开", "not public"), " ", facts.place ? copyLink(facts.place) : null),
      row(say("缘由", "Why"), facts.reason ? pick(facts.reason) : ""),
      facts.draft && row(say("状态", "State"), say("草稿，不会发布", "a draft, which is not published")),
      facts.published_on && row(say("公开日期", "Public since"), facts.published_on),
      until && row(say("公开至", "Public until"), until),
      facts.deadline && row(say("法定期限", "Due by law"), facts.deadline),
      row(say("按此日显示", "As of"), ...dayField(facts), " ", make("a", { href: "/__preview/upcoming", textContent: say("未来 30 天", "next 30 days") })),
      row(say("宽度", "Width"), ...widths()),
      row(say("外观", "Look"), schemes(), largePrint()),
      row(say("遮盖", "Masked"), ...masked()),
      row(say("检查", "Checks"), found.length > 0 ? make("ul", {}, ...found) : say("没有发现问题", "nothing found")),
    ));
    details.addEventListener("toggle", () => keep("open", details.open ? "yes" : "no"));
    bar.replaceChildren(details);
  };

  if (scheme()) dress();
  listen();
}
