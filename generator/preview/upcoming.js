// Fills the list of what the next weeks bring.
"use strict";
{
  const chinese = !navigator.language.startsWith("en");
  const say = (zh, en) => (chinese ? zh : en);
  const WORDS = { appears: say("开始公开", "becomes public"), ends: say("不再公开", "is public no more"), due: say("到法定期限", "falls due by law"), begins: say("活动开始", "begins"), runs: say("活动进行中，到这天结束", "runs, this is the last day") };
  const make = (name, properties, ...inside) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...inside);
    return element;
  };
  const state = document.getElementById("state");
  const table = document.querySelector("table");

  const show = async () => {
    const answer = await fetch("/__preview/upcoming.json");
    const list = await answer.json();
    if (list.problems) {
      state.textContent = say("内容有错误，改好以后才能列出。", "The content has errors; the list comes when they are mended.");
      return;
    }
    const count = list.lines.length;
    state.textContent = say(`${list.from} 至 ${list.to}，${count} 项`, `${list.from} to ${list.to}: ${count}`);
    const heads = [say("日期", "day"), say("变化", "what"), say("标题", "title"), say("来自", "from")];
    table.tHead.replaceChildren(make("tr", {}, ...heads.map((textContent) => make("th", { textContent, scope: "col" }))));
    table.tBodies[0].replaceChildren(...list.lines.map((line) => {
      // A page that is not public yet has no address to lead to.
      const title = line.what === "appears" ? line.title : make("a", { href: list.base + line.route, textContent: line.title });
      return make("tr", {}, make("td", { textContent: line.day ?? "" }), make("td", { className: line.what, textContent: WORDS[line.what] }),
        make("td", {}, title), make("td", {}, make("code", { textContent: line.place })));
    }));
    table.hidden = count === 0;
  };
  show();
}
