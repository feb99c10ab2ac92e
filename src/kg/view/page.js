/* The page: one state, told to everything that shows it and kept in the address. */
(async () => {
  "use strict";
  const { h, s, words, shape, inFigures, darkness } = Elements;
  const $ = (id) => document.getElementById(id);

  const model = new Claims.Model(await Claims.unpack($("data").textContent));
  let state = Claims.fromAddress(model, location.hash.slice(1));
  let shown = Focus.shown(model, state);

  const views = {
    map: { show: showMap },
    article: model.article && new Article.View($("article"), model, { onSelect: select }),
    argument: new Argument.View($("argument"), model, { onSelect: select }),
    timeline: new Timeline.View($("timeline"), model, { onSelect: select, onPeriod: (period) => change({ period }) }),
    table: new Table.View($("table"), model, { onSelect: select, onSort: (sort, down) => change({ sort, down }) }),
  };
  const tabs = [...document.querySelectorAll("[data-view]")];
  const map = new ClaimMap.View($("map"), model, { onSelect: select, onFocus: focusByKey, onNote: showNote, onOffer: offerFit });
  const panel = new Panel.View($("panel"), model, { onSelect: select, onChange: change });
  const facets = new Filters.Facets($("facets"), model, { onChange: changeFacet });
  const search = new Search.View($("search"), $("suggestions"), model, { onQuery: (query) => change({ query }, { isStep: false }), onSelect: jump });

  /** In the frame of a notebook there is no address to keep a state in, and a link would lead to the notebook's own. */
  const isFramed = location.protocol === "about:";

  /** Take over a changed state. A step can be gone back on; typing is no step. */
  function change(changes, { isStep = true } = {}) {
    state = { ...state, ...changes };
    const address = `#${Claims.toAddress(model, state)}`;
    if (!isFramed && address !== (location.hash || "#")) history[isStep ? "pushState" : "replaceState"](null, "", address === "#" ? location.pathname + location.search : address);
    show();
  }

  function changeFacet(key, off) {
    const next = new Map(state.off);
    if (off.size) next.set(key, off);
    else next.delete(key);
    change({ off: next });
  }

  function select(selection) {
    const group = selection?.nodes?.length === 1 ? model.nodes[selection.nodes[0]].group : undefined;
    if (group !== undefined) return changeFacet("group", model.allBut("group", group));
    change({ selection });
    if (selection?.nodes) map.reveal(selection.nodes.slice(0, 1));
    else if (selection?.passages && isBeside()) map.reveal([...map.live.chosen]);
    if (selection && narrow.matches) $("panel").scrollIntoView({ behavior: Elements.isStill() ? "auto" : "smooth", block: "start" });
  }

  /** From a suggestion: its claims, with the search out of the way. */
  function jump(selection) {
    state = { ...state, query: "" };
    select(selection);
    const { subject } = model.claims[selection.claim] ?? {};
    map.centre(selection.nodes?.[0] ?? subject);
  }

  /** A letter or a figure pressed on the map: look closer at what is walked to, else at what is selected. */
  function focusByKey(key, node) {
    const nodes = node === undefined ? state.selection?.nodes : [node];
    if (!nodes) return;
    const changes = Focus.changes(state, nodes)[key];
    if (changes) change({ selection: { nodes }, ...changes });
    else if (key === "t") (select({ nodes }), panel.askForPath());
  }

  function show() {
    shown = Focus.shown(model, state);
    document.body.classList.toggle("selected", state.selection !== null || Boolean(state.focus?.path));
    document.body.dataset.in = state.view;
    search.show(state);
    facets.show(shown, state);
    $("chips").replaceChildren(...Filters.chips(model, state, { onChange: changeFacet, onQuery: (query) => change({ query }), onReset: () => change({ query: "", off: new Map(), ...Focus.beginning() }) }));
    $("chips").prepend(...Focus.chips(model, state, change));
    $("chips").hidden = !$("chips").children.length;
    $("count").replaceChildren(h("b", {}, inFigures(shown.claims.length)), ` of ${inFigures(model.claims.length)} claims`);
    showView();
    showWayBack();
    showPanel();
  }

  /** Where claims are many, lists of all of them are made when the counts and the map have been painted. */
  function showPanel() {
    if (state.selection || model.claims.length < MANY) return panel.show(shown, state.selection, state);
    if (!isPanelDue) requestAnimationFrame(() => requestAnimationFrame(() => ((isPanelDue = false), panel.show(shown, state.selection, state))));
    isPanelDue = true;
  }

  function showView() {
    showBeside();
    tabs.forEach((tab) => {
      const isOpen = tab.dataset.view === state.view;
      tab.setAttribute("aria-selected", String(isOpen));
      tab.tabIndex = isOpen ? 0 : -1;
      $(`${tab.dataset.view}-view`).hidden = !isOpen && !(tab.dataset.view === "article" && isBeside());
    });
    views[state.view].show(shown, state);
    if (isBeside()) views.article.show(shown, state);
  }

  const isBeside = () => state.beside && state.view === "map" && spacious.matches;

  /** The text stands beside the map where it is asked for and there is room; the filters then come and go, as on a small screen. */
  function showBeside() {
    document.body.classList.toggle("beside", isBeside());
    document.body.classList.toggle("drawer", compact.matches || (isBeside() && !vast.matches));
    if (!model.article) return;
    $("beside-button").setAttribute("aria-pressed", String(state.beside));
    $("beside-button").hidden = state.view !== "map" || !spacious.matches;
    // Beside the map the text is no panel of its tab.
    const roles = isBeside() ? { role: "group", "aria-label": "Text beside the map" } : { role: "tabpanel", "aria-labelledby": "tab-article" };
    ["role", "aria-label", "aria-labelledby"].forEach((name) => (roles[name] ? $("article-view").setAttribute(name, roles[name]) : $("article-view").removeAttribute(name)));
  }

  function showMap() {
    map.show(shown, state.selection, state.pinned);
    if (explained !== map.drawing) legend();
  }

  /** What the map leaves out, in words at its top; returns how much room they take. */
  function showNote(note) {
    if ($("left-out").textContent !== note) $("left-out").textContent = note;
    $("left-out").hidden = !note;
    return note ? $("left-out").offsetHeight : 0;
  }

  /** A map that a hand has moved is not moved again; where what is left is small or elsewhere, a button offers to. */
  function offerFit(isOffered) {
    if ($("fit-offer").hidden === !isOffered) return;
    $("fit-offer").hidden = !isOffered;
    if (isOffered) Elements.say("What is shown stands small or out of sight; “Fit the map to what is left” moves the map.");
  }

  /** Arrow keys, Home and End go from tab to tab, as tabs do everywhere. */
  function walkTabs(event) {
    const at = tabs.indexOf(event.target);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const tab = tabs[next % tabs.length];
    tab.focus();
    change({ view: tab.dataset.view });
  }

  /** The address of what is seen now, to the clipboard; where that is not allowed, to be copied by hand. */
  async function copyLink() {
    const button = $("copy-link");
    const words = button.textContent;
    try {
      await navigator.clipboard.writeText(location.href);
      button.textContent = "Link copied";
    } catch {
      const field = h("input", { type: "text", readonly: true, value: location.href, "aria-label": "Link to this view", class: "link-field", onblur: () => field.replaceWith(button) });
      button.replaceWith(field);
      return field.select();
    }
    Elements.say("Link copied");
    return setTimeout(() => (button.textContent = words), 2000);
  }

  const MANY = 5000;
  let isPanelDue = false;
  let explained = null;

  function legend() {
    explained = map.drawing;
    const drawn = (kind) => map.drawing.nodes.filter((node) => node.kind === kind.name);
    const rank = (kind) => (drawn(kind)[0].mark ? -1 : drawn(kind).length);
    const kinds = model.kinds.filter((kind) => drawn(kind).length).sort((a, b) => rank(b) - rank(a));
    const claims = model.claims;
    const line = (name, dash, sign) => {
      const drawn = s("line", { x1: 1, y1: 7, x2: 33, y2: 7, "stroke-dasharray": dash, class: "legend-line" });
      const mark = sign && s("text", { x: 17, y: 11, "text-anchor": "middle", class: "legend-sign" }, sign);
      return h("li", {}, s("svg", { width: 34, height: 14, "aria-hidden": "true" }, drawn, mark), name);
    };
    const lines = [
      line("affirmed"),
      claims.some((claim) => claim.polarity === "denied") && line("denied", "6 4", "✕"),
      claims.some((claim) => model.isHedged(claim)) && line("hedged: probable or possible", "1.5 4"),
      claims.some((claim) => claim.contested) && line("in dispute", null, "≠"),
      map.drawing.edges.some((edge) => edge.claims.length > 1) && line("so many claims", null, "3"),
      ...Worlds.legend(model).map(([name, sign]) => line(name, null, sign)),
    ];
    const shapes = kinds.map((kind) => h("li", {}, shape(kind, 16), words(kind.name)));
    $("legend-body").replaceChildren(h("ul", {}, ...shapes), h("ul", {}, ...lines.filter(Boolean)));
  }

  const narrow = window.matchMedia("(max-width: 760px)");
  const compact = window.matchMedia("(max-width: 1180px)");
  const spacious = window.matchMedia("(min-width: 1200px)");
  const vast = window.matchMedia("(min-width: 1720px)");

  function showFilters(isShown) {
    $("filters").classList.toggle("open", isShown);
    $("filters-button").setAttribute("aria-expanded", String(isShown));
    if (isShown) $("filters").querySelector("button, input").focus();
    else if (document.body.classList.contains("drawer")) $("filters-button").focus();
  }

  /** On a narrow screen the claims of what is chosen stand below the picture, which a button brings back. */
  function offerWayBack([{ isIntersecting }]) {
    isStageSeen = isIntersecting;
    showWayBack();
  }

  function showWayBack() {
    $("back-button").hidden = isStageSeen || !narrow.matches;
    if (wayBack === state.view) return;
    wayBack = state.view;
    $("back-button").replaceChildren(h("span", { "aria-hidden": "true" }, "↑ "), `Back to the ${tabs.find((tab) => tab.dataset.view === state.view).textContent.toLowerCase()}`);
  }

  function goBack() {
    $("stage").scrollIntoView({ behavior: Elements.isStill() ? "auto" : "smooth", block: "start" });
    $(state.view).focus({ preventScroll: true });
  }

  let isStageSeen = true;
  let wayBack = null;

  tabs.forEach((tab) => tab.addEventListener("click", () => change({ view: tab.dataset.view })));
  tabs.forEach((tab) => tab.addEventListener("keydown", walkTabs));
  $("copy-link").addEventListener("click", copyLink);
  $("beside-button")?.addEventListener("click", () => change({ beside: !state.beside }));
  $("back-button").addEventListener("click", goBack);
  [compact, spacious, vast].forEach((query) => query.addEventListener("change", () => showView()));
  narrow.addEventListener("change", () => showWayBack());
  new IntersectionObserver(offerWayBack, { threshold: 0.35 }).observe($("stage"));
  $("filters-button").addEventListener("click", () => showFilters(!$("filters").classList.contains("open")));
  $("filters-close").addEventListener("click", () => showFilters(false));
  $("skip").addEventListener("click", () => $(state.view === "map" || state.selection ? "panel" : state.view).focus());
  $("zoom-in").addEventListener("click", () => map.zoom(1.4));
  $("zoom-out").addEventListener("click", () => map.zoom(1 / 1.4));
  $("fit").addEventListener("click", () => map.fit());
  $("fit-offer").addEventListener("click", () => (map.fit(), $("map").focus()));
  darkness.addEventListener("change", () => (legend(), map.repaint(), panel.show(shown, state.selection, state)));
  window.addEventListener("popstate", () => {
    state = Claims.fromAddress(model, location.hash.slice(1));
    show();
    map.reveal(state.selection?.nodes?.slice(0, 1) ?? []);
  });
  if (isFramed) {
    document.addEventListener("click", (event) => {
      const address = event.target.closest?.("a[href^='#']")?.getAttribute("href");
      if (!address) return;
      event.preventDefault();
      state = Claims.fromAddress(model, address.slice(1));
      show();
    });
  }
  document.addEventListener("keydown", (event) => {
    const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "Escape" && $("filters").classList.contains("open")) showFilters(false);
    else if (event.key === "Escape" && state.selection) select(null);
    else if (event.key === "/" && !isTyping) ($("search").focus(), event.preventDefault());
  });

  new Menu.View(document.querySelector(".tools"), () => ({ model, map, shown, title: document.title, chips: [...document.querySelectorAll("#chips li:not(:has(.reset))")].map((chip) => chip.textContent.replace(/✕$/, "")) }));
  $("legend").open = !narrow.matches;
  legend();
  show();
  map.fit({ animate: false });
  document.body.dataset.ready = "true";
  window.claimgraph = { model, map, views, state: () => state };
})();
