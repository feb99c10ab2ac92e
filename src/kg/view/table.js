/* The same claims as a table: what the map shows, row by row, in any order. */
const Table = (() => {
  "use strict";
  const { h, words } = Elements;
  const STEP = 300;

  class View {
    constructor(element, model, { onSelect, onSort }) {
      this.element = element;
      this.model = model;
      this.onSelect = onSelect;
      this.onSort = onSort;
      this.columns = this.columnsOf(model);
      this.limit = STEP;
      this.hint = h("button", { type: "button", class: "more-columns", hidden: true, onclick: () => this.scrollOn() }, "More columns ", h("span", { "aria-hidden": "true" }, "→"));
      element.after(this.hint);
      element.addEventListener("scroll", () => this.point(), { passive: true });
      new ResizeObserver(() => this.point()).observe(element);
    }

    /** Say that there are columns beyond the edge, as long as there are. */
    point() {
      const { scrollWidth, clientWidth, scrollLeft } = this.element;
      this.hint.hidden = scrollWidth - clientWidth - scrollLeft < 12;
    }

    scrollOn() {
      this.element.scrollBy({ left: this.element.clientWidth * 0.75, behavior: Elements.isStill() ? "auto" : "smooth" });
      this.element.focus({ preventScroll: true });
    }

    /** Key, heading, what a cell says, as words or as a thing with a label and its language, and what it is sorted by where that is another
        thing; what has nothing to be sorted by comes last. */
    columnsOf(model) {
      const place = (claim) => model.passages[claim.evidence?.[0].places[0]];
      const columns = [
        ["claim", "Claim", (claim) => claim],
        ["claimant", "Who says so", (claim) => model.nodes[claim.claimant]],
        ["subject", "Subject", (claim) => model.nodes[claim.subject]],
        ["relation", "Relation", (claim) => model.relations[claim.relation]],
        ["object", "Object", (claim) => model.nodes[claim.object]],
        ["polarity", "Polarity", (claim) => model.word(claim.polarity)],
        ["certainty", "Certainty", (claim) => model.word(claim.certainty)],
        ["kind", "Kind", (claim) => model.word(claim.kind)],
        ["when", "When", (claim) => (claim.when ? Dates.inWords(claim.when) : ""), (claim) => claim.when ?? null],
        ["figure", "Figure", (claim) => claim.figure ?? "", (claim) => claim.value ?? null],
        ["place", "Sentence", (claim) => String(place(claim)?.sentence ?? ""), (claim) => (place(claim) ? model.order[claim.number] : null)],
      ];
      const isUsed = ([key, , say]) => !["when", "figure", "place"].includes(key) || model.claims.some((claim) => say(claim));
      const thing = (said) => (typeof said === "string" ? { label: said } : said);
      return columns.filter(isUsed).map(([key, title, say, by]) => ({ key, title, say: (claim) => thing(say(claim)), by: by ?? ((claim) => Claims.fold(thing(say(claim)).label)) }));
    }

    /** In the order of the texts, unless a column is asked for. */
    sorted(numbers, { sort, down }) {
      const inOrder = this.model.inOrder(numbers);
      const column = this.columns.find(({ key }) => key === sort);
      if (!column) return inOrder;
      const keys = new Map(inOrder.map((number) => [number, column.by(this.model.claims[number])]));
      const compare = (a, b) => (a === null || b === null ? (a === null) - (b === null) : (down ? -1 : 1) * (a < b ? -1 : a > b ? 1 : 0));
      return inOrder.sort((a, b) => compare(keys.get(a), keys.get(b)));
    }

    show(shown, state) {
      const numbers = this.sorted(shown.claims, state);
      const head = h("thead", {}, h("tr", {}, ...this.columns.map((column) => this.header(column, state))));
      const body = h("tbody", {}, ...numbers.slice(0, this.limit).map((number) => this.row(number, state)));
      const rest = numbers.length - this.limit;
      const more = rest > 0 && h("button", { type: "button", class: "more-rows", onclick: () => this.grow(shown, state) }, `Show ${Math.min(rest, STEP)} of ${rest} more`);
      const caption = h("caption", { class: "unseen" }, "The claims that pass the filters");
      if (!numbers.length) this.element.replaceChildren(h("p", { class: "view-note nothing" }, "No claim passes the filters."));
      else this.element.replaceChildren(...[h("table", {}, caption, head, body), more].filter(Boolean));
      this.point();
    }

    grow(shown, state) {
      this.limit += STEP;
      this.show(shown, state);
    }

    header({ key, title }, state) {
      const isSorted = state.sort === key;
      const order = isSorted ? (state.down ? "descending" : "ascending") : "none";
      const sign = isSorted ? (state.down ? " ↓" : " ↑") : "";
      const sort = () => this.onSort(key, isSorted && !state.down);
      return h("th", { scope: "col", "aria-sort": order, class: `column-${key}` }, h("button", { type: "button", onclick: sort }, title, h("span", { "aria-hidden": "true" }, sign)));
    }

    row(number, state) {
      const claim = this.model.claims[number];
      const isChosen = state.selection?.claim === number;
      const cells = this.columns.map(({ key, say }) => {
        if (key !== "claim") return h("td", { class: `column-${key} ${key === "polarity" ? claim.polarity : ""}` }, words(say(claim).label, { lang: say(claim).language }));
        return h("th", { scope: "row", class: "column-claim" }, h("button", { type: "button", class: "name", onclick: () => this.onSelect({ claim: number }) }, words(claim.label, { lang: claim.language })));
      });
      return h("tr", { "data-claim": claim.id, "aria-current": isChosen ? "true" : null }, ...cells);
    }
  }

  return { View };
})();
