// The script of a report: filters, sorting, links into folded parts, the passages of a cell, and the map's texts.
// Without it everything is on the page except the texts of matched passages, which are in the claims.
"use strict";
(() => {
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const { passages } = JSON.parse(one("#data").textContent);
  const form = one("#filters"), cards = one("#cards"), claims = all(".claim"), folds = all("details.pair, details.only"), points = all("#plot a");
  const value = (id) => one(id) ? one(id).value : "";
  const make = (name, text, classes = "") => {
    const element = document.createElement(name);
    element.textContent = text;
    element.className = classes;
    return element;
  };
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = new Map();
  // The words of an element for the search.
  const said = (element) => {
    if (!words.has(element)) {
      // The texts that the script adds to a pair, whether they are added yet or not.
      const added = element.matches("details.pair") ? [...element.querySelectorAll("li[data-a][data-b]")].flatMap((item) => [passages[item.dataset.a].text, passages[item.dataset.b].text]) : [];
      words.set(element, folded([element.textContent, ...added].join(" ")));
    }
    return words.get(element);
  };

  // The filters.
  const wanted = () => ({
    find: folded(value("#find")).split(/\s+/).filter(Boolean),
    source: value("#by-source"), claim: value("#by-claim"), relation: value("#by-relation"), since: value("#since"), until: value("#until"),
  });
  const some = (list, holds) => (list ? list.split(" ") : []).some(holds);
  // Whether a single source matches both the source filter and the date filter.
  const fits = (data, asked) => {
    const days = (data.d || "").split(" ");
    const inTime = (day) => !(asked.since || asked.until) || (day && day !== "-" && (!asked.since || day >= asked.since) && (!asked.until || day <= asked.until));
    return (data.s || "").split(" ").some((source, at) => (!asked.source || source === asked.source) && inTime(days[at]));
  };
  const holds = (element, asked) => asked.find.every((word) => said(element).includes(word));
  const fitsClaim = (card, asked) =>
    fits(card.dataset, asked) && holds(card, asked) && (!asked.claim || card.dataset.id === asked.claim) &&
    (!asked.relation || (asked.relation === "disagree" ? card.dataset.disagree !== "0" : some(card.dataset.r, (relation) => relation === asked.relation)));
  const fitsPoint = (point, asked) => {
    const passage = passages[point.dataset.p];
    if (!passage.folded) passage.folded = folded(passage.place + " " + passage.text);
    return fits(point.dataset, asked) && asked.find.every((word) => passage.folded.includes(word)) &&
      (!asked.claim || passage.home === "claim-" + asked.claim) && (!asked.relation || some(point.dataset.r, (relation) => relation === asked.relation));
  };
  // The same counts as on the terminal.
  const kinds = { claim: "claims", theme: "themes", own: "themes within one source" };
  const filter = () => {
    const asked = wanted();
    const free = !asked.claim && !asked.relation;
    for (const card of claims) card.hidden = !fitsClaim(card, asked);
    let alone = 0;
    for (const fold of folds) {
      const items = fold.matches(".only") ? [...fold.querySelectorAll("li")] : [];
      for (const item of items) item.hidden = !holds(item, asked);
      const left = items.filter((item) => !item.hidden);
      if (fold.matches("#alone .single") && free && fits(fold.dataset, asked)) alone += left.length;
      fold.hidden = !(free && fits(fold.dataset, asked) && (items.length ? left.length > 0 : holds(fold, asked)));
      const opens = asked.find.length > 0 && left.length > 0 && fold.closest("#alone");
      if (opens && !fold.open) { fold.open = true; fold.dataset.searched = "yes"; }
      if (!asked.find.length && fold.dataset.searched) { fold.open = false; delete fold.dataset.searched; }
    }
    for (const point of points) point.classList.toggle("faded", !fitsPoint(point, asked));
    one("#no-claims").hidden = claims.length === 0 || claims.some((card) => !card.hidden);
    const counts = Object.entries(kinds).map(([kind, name]) => {
      const those = claims.filter((card) => card.dataset.kind === kind);
      return those.length || kind === "claim" ? `${those.filter((card) => !card.hidden).length} of ${those.length} ${name}` : "";
    });
    one("#found").textContent = counts.filter(Boolean).join(", ") + (free ? `, ${alone} passages in only one source` : "");
  };
  const number = (name) => (a, b) => Number(b.dataset[name]) - Number(a.dataset[name]);
  const orders = {
    order: () => 0, sources: number("sources"), similarity: number("similarity"), disagree: number("disagree"),
    label: (a, b) => a.querySelector("h3 bdi").textContent.localeCompare(b.querySelector("h3 bdi").textContent),
  };
  const sort = () => {
    const order = orders[value("#sort")] || orders.order;
    const sorted = claims.toSorted((a, b) => order(a, b) || Number(a.dataset.at) - Number(b.dataset.at));
    // A card that is moved loses the focus.
    if (sorted.some((card, at) => card !== cards.children[at])) cards.append(...sorted);
  };
  form.hidden = false;
  // The target of a link must not be hidden by the bar.
  const clear = () => {
    const covers = getComputedStyle(form).position === "sticky";
    document.documentElement.style.scrollPaddingTop = (covers ? form.offsetHeight : 0) + 20 + "px";
  };
  addEventListener("resize", clear);
  clear();
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => (event.target.id === "sort" ? sort() : filter()));
  form.addEventListener("reset", () => setTimeout(() => { sort(); filter(); }));

  // Adds the texts of matched passages when a pair is opened.
  const fill = (pair) => {
    if (pair.dataset.filled) return;
    pair.dataset.filled = "yes";
    for (const item of pair.querySelectorAll("li[data-a][data-b]")) {
      const both = make("div", "", "both");
      for (const passage of [passages[item.dataset.a], passages[item.dataset.b]]) {
        const text = make("p", passage.text);
        text.dir = "auto";
        both.append(text);
      }
      item.append(both);
    }
  };
  for (const pair of all("details.pair")) pair.addEventListener("toggle", () => pair.open && fill(pair));

  // Follows links into parts that are folded or filtered out.
  const follow = () => {
    let name = "";
    try { name = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const target = name && document.getElementById(name);
    if (!target) return;
    if (target.closest("[hidden]")) { form.reset(); sort(); filter(); }
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (target.matches("details.pair")) fill(target);
    const focus = target.matches("details") ? target.querySelector("summary") : target;
    if (focus === target) target.tabIndex = -1;
    focus.focus({ preventScroll: true });
    target.scrollIntoView({ block: "start" });
  };
  addEventListener("hashchange", follow);
  // Following the same link again does not change the hash.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) setTimeout(follow);
  });

  // The heat map and the map are one tab stop each; the arrow keys move inside.
  const rove = (items, next) => {
    let stop = items[0];
    for (const item of items) item.setAttribute("tabindex", item === stop ? "0" : "-1");
    for (const item of items) {
      item.addEventListener("keydown", (event) => {
        const to = event.altKey || event.ctrlKey || event.metaKey ? undefined : next(item, event.key);
        if (to === undefined) return;
        event.preventDefault();
        if (to) to.focus();
      });
      item.addEventListener("focus", () => {
        stop.setAttribute("tabindex", "-1");
        stop = item;
        stop.setAttribute("tabindex", "0");
      });
    }
  };
  const cells = all("#heat a.cell");
  for (const cell of cells) {
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = cell.getAttribute("aria-label");
    cell.prepend(title);
  }
  const at = (cell) => { const box = cell.querySelector("rect"); return { x: Number(box.getAttribute("x")), y: Number(box.getAttribute("y")) }; };
  const ways = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  rove(cells, (cell, key) => {
    if (!ways[key]) return undefined;
    const [across, down] = ways[key], from = at(cell);
    const reach = (other) => { const to = at(other); return across ? (to.x - from.x) * across : (to.y - from.y) * down; };
    const aside = (other) => { const to = at(other); return across ? Math.abs(to.y - from.y) : Math.abs(to.x - from.x); };
    const ahead = cells.filter((other) => reach(other) > 0);
    return ahead.sort((a, b) => aside(a) - aside(b) || reach(a) - reach(b))[0] || null;
  });
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  rove(points, (point, key) => (steps[key] ? points[points.indexOf(point) + steps[key]] || null : undefined));

  // Shows the passage of a point on the map.
  const tip = one("#tip"), plot = one(".plot");
  const tell = (point) => {
    const passage = passages[point.dataset.p];
    one("#tip-head").textContent = passage.place + (passage.home.startsWith("claim-") ? ", claim " + passage.home.slice(6) : "");
    one("#tip-text").textContent = passage.text;
    tip.hidden = false;
    const [box, mark] = [plot.getBoundingClientRect(), point.getBoundingClientRect()];
    const left = mark.left - box.left + 14, top = mark.bottom - box.top + 8;
    tip.style.left = Math.max(4, Math.min(left, box.width - tip.offsetWidth - 4)) + "px";
    tip.style.top = (top + tip.offsetHeight > box.height ? Math.max(4, mark.top - box.top - tip.offsetHeight - 8) : top) + "px";
  };
  const hush = () => { tip.hidden = true; };
  for (const point of points) {
    point.addEventListener("mouseenter", () => tell(point));
    point.addEventListener("focus", () => tell(point));
    point.addEventListener("mouseleave", hush);
    point.addEventListener("blur", hush);
  }
  addEventListener("keydown", (event) => event.key === "Escape" && hush());

  // Moves from claim to claim while one of them has the focus.
  cards.addEventListener("keydown", (event) => {
    const step = { j: 1, k: -1 }[event.key];
    const card = event.target.closest(".claim");
    if (!step || !card || event.ctrlKey || event.metaKey || event.altKey) return;
    const shown = [...cards.children].filter((other) => !other.hidden);
    const to = shown[shown.indexOf(card) + step];
    if (!to) return;
    to.tabIndex = -1;
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: "start" });
  });

  // Nothing can be unfolded on paper.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details:not([open])").filter((fold) => !fold.closest("#dropped"));
    for (const fold of opened) { if (fold.matches(".pair")) fill(fold); fold.open = true; }
  });
  addEventListener("afterprint", () => { for (const fold of opened) fold.open = false; });

  // Runs after the browser has restored earlier choices, if it does.
  addEventListener("pageshow", (event) => {
    sort();
    filter();
    if (!event.persisted) follow();
  });
})();
