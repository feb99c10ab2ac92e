/* The page: one state, told to everything that shows it and kept in the address. */
(async () => {
  "use strict";
  const { h, s, words, shape, darkness } = Elements;
  const $ = (id) => document.getElementById(id);

  const model = new Claims.Model(await Claims.unpack($("data").textContent));
  let state = Claims.fromAddress(model, location.hash.slice(1));
  let shown = model.shown(state);

  const map = new ClaimMap.View($("map"), model, { onSelect: select });
  const panel = new Panel.View($("panel"), model, { onSelect: select });
  const table = new Table.View($("table"), model, { onSelect: select, onSort: (sort, down) => change({ sort, down }) });
  const facets = new Filters.Facets($("facets"), model, { onChange: changeFacet });
  const search = new Filters.Search($("search"), $("suggestions"), model, { onQuery: (query) => change({ query }, { isStep: false }), onSelect: jump });

  /** Take over a changed state. A step can be gone back on; typing is no step. */
  function change(changes, { isStep = true } = {}) {
    state = { ...state, ...changes };
    const address = `#${Claims.toAddress(model, state)}`;
    if (address !== (location.hash || "#")) history[isStep ? "pushState" : "replaceState"](null, "", address === "#" ? location.pathname + location.search : address);
    show();
  }

  function changeFacet(key, off) {
    const next = new Map(state.off);
    if (off.size) next.set(key, off);
    else next.delete(key);
    change({ off: next });
  }

  function select(selection) {
    change({ selection });
    if (selection?.nodes) map.reveal(selection.nodes[0]);
    if (selection && narrow.matches) $("panel").scrollIntoView({ behavior: Elements.isStill() ? "auto" : "smooth", block: "start" });
  }

  /** From a suggestion: its claims, with the search out of the way. */
  function jump(selection) {
    state = { ...state, query: "" };
    select(selection);
  }

  function show() {
    shown = model.shown(state);
    document.body.classList.toggle("selected", state.selection !== null);
    document.body.classList.toggle("in-table", state.view === "table");
    search.show(state);
    facets.show(shown, state);
    $("chips").replaceChildren(...Filters.chips(model, state, { onChange: changeFacet, onQuery: (query) => change({ query }), onReset: () => change({ query: "", off: new Map() }) }));
    $("chips").hidden = !$("chips").children.length;
    $("count").replaceChildren(h("b", {}, String(shown.claims.length)), ` of ${model.claims.length} claims`);
    showView();
    panel.show(shown, state.selection);
  }

  function showView() {
    const isMap = state.view === "map";
    $("map-view").hidden = !isMap;
    $("table-view").hidden = isMap;
    document.querySelectorAll("[data-view]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.view === state.view)));
    if (!isMap) return table.show(shown, state);
    map.show(shown, state.selection);
    $("left-out").hidden = !map.left;
    $("left-out").textContent = map.left ? `The map draws the ${map.live.nodes.size} names with most claims; ${map.left} more are in the table and in the search.` : "";
    return undefined;
  }

  function legend() {
    const drawn = (kind) => model.drawing.nodes.filter((node) => node.kind === kind.name);
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
      model.drawing.edges.some((edge) => edge.claims.length > 1) && line("so many claims", null, "3"),
    ];
    const shapes = kinds.map((kind) => h("li", {}, shape(kind), words(kind.name)));
    $("legend-body").replaceChildren(h("ul", {}, ...shapes), h("ul", {}, ...lines.filter(Boolean)));
  }

  const narrow = window.matchMedia("(max-width: 760px)");
  const compact = window.matchMedia("(max-width: 1180px)");

  function showFilters(isShown) {
    $("filters").classList.toggle("open", isShown);
    $("filters-button").setAttribute("aria-expanded", String(isShown));
    if (isShown) $("filters").querySelector("button, input").focus();
    else if (compact.matches) $("filters-button").focus();
  }

  document.querySelectorAll("[data-view]").forEach((button) => button.addEventListener("click", () => change({ view: button.dataset.view })));
  $("filters-button").addEventListener("click", () => showFilters(!$("filters").classList.contains("open")));
  $("filters-close").addEventListener("click", () => showFilters(false));
  $("skip").addEventListener("click", () => $(state.view === "table" ? "table" : "panel").focus());
  $("zoom-in").addEventListener("click", () => map.zoom(1.4));
  $("zoom-out").addEventListener("click", () => map.zoom(1 / 1.4));
  $("fit").addEventListener("click", () => map.fit());
  darkness.addEventListener("change", () => (legend(), map.repaint(), panel.show(shown, state.selection)));
  window.addEventListener("popstate", () => {
    state = Claims.fromAddress(model, location.hash.slice(1));
    show();
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "Escape" && $("filters").classList.contains("open")) showFilters(false);
    else if (event.key === "Escape" && state.selection) select(null);
    else if (event.key === "/" && !isTyping) ($("search").focus(), event.preventDefault());
  });

  $("legend").open = !narrow.matches;
  legend();
  show();
  map.fit({ animate: false });
  document.body.dataset.ready = "true";
  window.claimgraph = { model, map, state: () => state };
})();
