// The search box of every page and the search page; see themes/portal/README.md.
"use strict";
{
const $ = (selector, within = document) => within.querySelector(selector);
const html = (parts, ...values) => ({ html: parts.reduce((out, part, at) => out + [values[at - 1]].flat()
  .map((value) => value?.html ?? String(value || value === 0 ? value : "").replace(/[&<>"]/g, (c) => `&#${c.charCodeAt()};`)).join("") + part) });
const fill = (node, made) => { node.innerHTML = html`${made}`.html; };
const boxes = [...document.querySelectorAll(".searchbox")];
const words = boxes[0]?.dataset;
const address = (route) => new URL(words.root + route, document.baseURI);

const kept = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
const keep = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { } };
const RECENT = "portal-searches", NO_SLASH = "portal-no-slash";
const recent = () => [kept(RECENT) ?? []].flat().map(String);

// A module that failed to load stays broken under its address.
let engine, tries = 0;
const ready = () => engine ??= import(address(words.client + (tries++ ? "?" + tries : "")))
  .then((module) => module.open(address("search/"))).catch((error) => { engine = null; throw error; });

const box = (form) => {
  const input = form.elements.q, list = $("ul", form), popup = list.parentNode, options = list.children;
  let at, timer, wanted;
  const set = (name, value) => input.setAttribute(name, value);
  const move = (to) => {
    options[at]?.setAttribute("aria-selected", false);
    at = to;
    options[at]?.setAttribute("aria-selected", true);
    options[at]?.scrollIntoView({ block: "nearest" });
    set("aria-activedescendant", options[at]?.id ?? "");
  };
  const show = (hints, remembered) => {
    fill(list, hints.map(({ kind, title, text, url }, n) =>
      html`<li role="option" aria-selected="false" id="${list.id + n}" data-url="${url}"><span>${title}</span><small>${kind === "number" ? text : words[kind]}</small></li>`));
    popup.hidden = !hints.length;
    popup.classList.toggle("recent", !!remembered);
    set("aria-expanded", !popup.hidden);
    $("[role=status]", form).textContent = hints.length ? words.hints.replace("{n}", hints.length) : "";
    move(-1);
  };
  const close = () => { wanted?.abort(); clearTimeout(timer); show([]); };
  const search = (text) => {
    close();
    input.value = text;
    const query = text.trim() && String(new URLSearchParams({ q: text.trim() }));
    if (!page) location.href = form.action + "#" + query;
    else if (query) page.go(query);
  };
  const suggest = async () => {
    const text = input.value.trim();
    wanted?.abort();
    if (!text) return show(recent().map((title) => ({ title })), true);
    const { signal } = wanted = new AbortController();
    try {
      const hints = text[1] && location.protocol !== "file:" ? await (await ready()).suggest(text, { limit: 8, signal }) : [];
      if (!signal.aborted) show(hints);
    } catch { if (!signal.aborted) show([]); }
  };
  set("role", "combobox");
  set("aria-autocomplete", "list");
  set("aria-controls", list.id);
  show([]);
  input.oninput = () => { clearTimeout(timer); timer = setTimeout(suggest, 120); };
  input.onfocus = () => { if (!input.value) suggest(); };
  input.onkeydown = (event) => {
    const { key } = event, step = (key === "ArrowDown") - (key === "ArrowUp"), places = options.length + 1;
    if (event.isComposing) return;
    if (step && places > 1) move((at + 1 + step + places) % places - 1);
    else if (step) suggest();
    else if (key === "Enter" && options[at]) options[at].click();
    else if (key === "Escape" && !popup.hidden) close();
    else return;
    event.preventDefault();
  };
  list.onmousedown = (event) => event.preventDefault();
  list.addEventListener("click", ({ target }) => {
    const option = target.closest("li"), { url } = option.dataset;
    if (url) location.href = address(url); else search(option.textContent);
  });
  form.addEventListener("focusout", ({ relatedTarget }) => { if (!form.contains(relatedTarget)) close(); });
  form.onsubmit = () => { search(input.value); return false; };
  $("[type=button]", form).addEventListener("click", () => { keep(RECENT, []); close(); input.focus(); });
};

const searchPage = (grid) => {
  const panel = $(".search-filters"), form = $("form", panel), facets = $(".search-facets"), input = $("#q"), results = $(".results");
  const count = $(".search-count"), chosen = $(".search-chosen"), pager = $(".pager", grid), sort = $("select", grid), browse = $(".search-browse");
  const { common, own } = JSON.parse($("#search-filters").textContent), title = document.title, PER_PAGE = 10;
  let running, shown, moved;

  const state = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  const link = (query, but, set) => {
    const to = new URLSearchParams([...query].filter(([name, value]) => name !== "page" && !but?.(name, value)));
    for (const name in set) to.set(name, set[name]);
    return "#" + to;
  };
  const go = (to) => { if ("#" + to === location.hash) run(); else location.hash = to; };
  const say = (name, on) => { const said = $(`[data-say=${name}]`); said.hidden = !on; return said; };
  const filtersOf = (query) => {
    const [register, another] = query.getAll("register");
    return [...common, ...!another && own.find((one) => one.register === register)?.filters || []];
  };
  const asked = (query) => {
    const chosen = filtersOf(query).filter(([name]) => name !== "year" && query.has(name)).map(([name]) => [name, query.getAll(name)]);
    return { filters: Object.fromEntries(chosen), from: query.get("from"), to: query.get("to"), sort: query.get("sort") ?? "relevance" };
  };

  const yearOf = (query) => `${query.get("from")} ${query.get("to")}`.match(/^(\d+)-01-01 \1-12-31$/)?.[1];

  const run = async () => {
    const query = state(), q = query.get("q") ?? "", number = Math.min(Math.max(parseInt(query.get("page")) || 1, 1), 999);
    const on = [...query.keys()].some((name) => name !== "sort" && name !== "page"), file = on && location.protocol === "file:";
    running?.abort();
    const { signal } = running = new AbortController();
    if (on) input.value = q;
    document.title = (q && q + " - ") + title;
    for (const name of ["failed", "loose", "cut", "also", "none"]) say(name);
    say("file", file);
    browse.hidden = on && !file;
    grid.hidden = !browse.hidden;
    if (grid.hidden) return;
    const options = { ...asked(query), signal };
    sort.value = options.sort;
    form.from.value = options.from;
    form.to.value = options.to;
    showChosen(query, options);
    results.ariaBusy = true;
    if (q) keep(RECENT, [q, ...recent().filter((text) => text !== q)].slice(0, 8));
    try {
      const searcher = await ready(), found = await searcher.search(q, { ...options, offset: (number - 1) * PER_PAGE, limit: PER_PAGE });
      if (signal.aborted) return;
      // What a facet is narrowed to does not narrow its own counts.
      shown = async () => {
        const { filters, from, to } = options, counts = await searcher.facets(q, options);
        for (const name in filters) counts[name] = (await searcher.facets(q, { ...options, filters: { ...filters, [name]: [] } }))[name];
        if (from || to) counts.year = (await searcher.facets(q, { ...options, from: null, to: null })).year;
        return counts;
      };
      showFound(query, found, number);
      if (matchMedia("(min-width: 60em)").matches && !navigator.connection?.saveData) panel.open = true;
      if (panel.open) countFacets();
    } catch (error) {
      if (signal.aborted) return;
      if (error.kind === "aborted") return run(); // by a suggestion that wanted the same file
      if (!error.kind) console.error(error);
      showFound(query, { results: [], terms: [] }, number);
      for (const name of ["none", "failed"]) say(name, name === "failed");
      for (const why of grid.querySelectorAll("[data-why]")) why.hidden = why.dataset.why !== (error.kind ?? "offline");
      count.textContent = "";
    }
  };

  const marked = (parts) => parts.map(({ text, mark }) => mark ? html`<mark>${text}</mark>` : text);
  const day = (date) => new Date(date).toLocaleDateString(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" });
  const result = ({ title, url, date, kind, registerTitle, tags = [], excerpt }) => html`<li class="result-${kind}">
<h3 class="item-title"><a href="${words.root + url}">${marked(title)}</a></h3>
<p class="result-facts"><span class="tag">${registerTitle || words[kind]}</span>${date && html`<time datetime="${date}">${day(date)}</time>`}${tags.map((tag) => html`<span>${tag}</span>`)}</p>
<p class="excerpt">${marked(excerpt)}</p></li>`;

  const showFound = (query, { results: list, total = 0, about, loose, cut, terms }, number) => {
    const last = Math.ceil(total / PER_PAGE), say_ = count.dataset;
    fill(results, list.map(result));
    results.start = (number - 1) * PER_PAGE + 1;
    results.ariaBusy = false;
    count.textContent = (total ? about ? say_.about : say_.total : say_.none).replace("{n}", total.toLocaleString()) + (number > 1 ? say_.page.replace("{page}", number) : "");
    say("loose", loose && total);
    say("cut", cut);
    say("none", !total);
    browse.hidden = total;
    const also = terms.flatMap(({ alternatives }) => alternatives.filter(({ why }) => why).map(({ text }) => text));
    $("b", say("also", also[0])).textContent = also.join(" · ");
    const to = (page, text) => page > 0 && page <= last && html`<a href="${link(query, null, { page })}">${text}</a>`;
    const pages = [-2, -1, 0, 1, 2].map((step) => step ? to(number + step, number + step) : html`<span aria-current="page">${number}</span>`);
    pager.hidden = last < 2;
    fill(pager, [to(number - 1, pager.dataset.prev), html`<ul>${pages.filter(Boolean).map((page) => html`<li>${page}</li>`)}</ul>`, to(number + 1, pager.dataset.next)]);
    if (moved) $("#found").focus();
    moved = false;
  };

  const showChosen = (query, { filters, from, to }) => {
    const chip = (label, text, but) => html`<li><a href="${link(query, but)}"><span class="sr">${chosen.dataset.remove}</span><small>${label}</small> ${text} ×</a></li>`;
    const chips = filtersOf(query).flatMap(([name, label, values]) => (filters[name] ?? []).map((value) =>
      chip(label, values.find(([id]) => id === value)?.[1] ?? value, (key, its) => key === name && its === value)));
    if (from || to) chips.push(chip(chosen.dataset.days, html`${from} – ${to}`, (key) => key === "from" || key === "to"));
    if (chips[1]) chips.push(html`<li><a href="${link(query, (key) => key !== "q" && key !== "sort")}">${chosen.dataset.all}</a></li>`);
    fill(chosen, chips);
    chosen.hidden = !chips[0];
  };

  const countFacets = async () => {
    const wanted = shown, query = state();
    try {
      const counts = await wanted();
      if (wanted === shown) showFacets(query, counts);
      say("uncounted");
    } catch (error) {
      if (!error.kind) console.error(error);
      say("uncounted", wanted === shown);
    }
  };
  const showFacets = (query, counts) => {
    const { name: focus, value: focused } = document.activeElement;
    fill(facets, filtersOf(query).map(([name, label, values]) => {
      const counted = Object.fromEntries((counts[name] ?? []).map(({ value, count }) => [value, count])), on = name === "year" ? [yearOf(query)] : query.getAll(name);
      const rank = (value) => on.includes(value) * 1e9 + (name === "year" ? +value : counted[value] ?? 0);
      const items = values.filter(([value]) => counted[value] || on.includes(value)).sort(([a], [b]) => rank(b) - rank(a)).map(([value, text]) =>
        html`<li><label><input type="${name === "year" ? "radio" : "checkbox"}" name="${name}" value="${value}"${on.includes(value) && html` checked`}><span>${text}</span><small>${counted[value] ?? 0}</small></label></li>`);
      return items[0] && html`<fieldset><legend>${label}</legend><ul>${items}</ul></fieldset>`;
    }));
    if (focused) [...facets.querySelectorAll("input")].find(({ name, value }) => name === focus && value === focused)?.focus();
  };

  form.onchange = ({ target: { name, value } }) => {
    if (name === "year") [form.from.value, form.to.value] = [value + "-01-01", value + "-12-31"];
    const query = new URLSearchParams([...new FormData(form)].filter(([name, value]) => value && name !== "year")), now = state();
    for (const name of ["sort", "q"]) if (now.has(name)) query.set(name, now.get(name));
    go(String(query));
  };
  form.onsubmit = () => false;
  sort.onchange = () => { location.hash = link(state(), null, { sort: sort.value }); };
  panel.ontoggle = () => { if (panel.open && shown) countFacets(); };
  pager.addEventListener("click", ({ target }) => { moved = target.closest("a"); });
  $("button", say("failed")).addEventListener("click", run);
  $(".skip").addEventListener("click", (event) => { $("#main").focus(); event.preventDefault(); });
  onhashchange = run;
  const slash = $(".search-slash"), [box] = slash.getElementsByTagName("input");
  slash.hidden = false;
  box.checked = !kept(NO_SLASH);
  box.onchange = () => keep(NO_SLASH, !box.checked);
  if (location.search) history.replaceState(null, "", location.pathname + "#" + (location.hash.slice(1) || location.search.slice(1)));
  run();
  return { go };
};

const grid = $(".search-grid"), page = grid && searchPage(grid);
boxes.forEach(box);
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || kept(NO_SLASH) || event.target.closest("input, select, textarea")) return;
  const form = boxes.find(({ offsetParent }) => offsetParent);
  if (form) { form.elements.q.focus(); event.preventDefault(); }
});
}
