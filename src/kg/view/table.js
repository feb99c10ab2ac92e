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
    }

    /** Key, heading, what a cell says, and what it is sorted by where that is another thing. */
    columnsOf(model) {
      const node = (number) => (number === undefined ? "" : model.nodes[number].label);
      const place = (claim) => model.passages[claim.evidence?.[0].places[0]];
      const columns = [
        ["claim", "Claim", (claim) => claim.label],
        ["claimant", "Who says so", (claim) => node(claim.claimant)],
        ["subject", "Subject", (claim) => node(claim.subject)],
        ["relation", "Relation", (claim) => model.relations[claim.relation].label],
        ["object", "Object", (claim) => node(claim.object)],
        ["polarity", "Polarity", (claim) => claim.polarity],
        ["certainty", "Certainty", (claim) => claim.certainty],
        ["kind", "Kind", (claim) => claim.kind],
        ["when", "When", (claim) => (claim.when ? Dates.inWords(claim.when) : ""), (claim) => claim.when ?? "~"],
        ["figure", "Figure", (claim) => claim.figure ?? "", (claim) => claim.value ?? Infinity],
        ["place", "Sentence", (claim) => String(place(claim)?.sentence ?? ""), (claim) => place(claim)?.start ?? Infinity],
      ];
      const isUsed = ([key, , say]) => !["when", "figure", "place"].includes(key) || model.claims.some((claim) => say(claim));
      return columns.filter(isUsed).map(([key, title, say, by]) => ({ key, title, say, by: by ?? ((claim) => Claims.fold(say(claim))) }));
    }

    sorted(numbers, { sort, down }) {
      const column = this.columns.find(({ key }) => key === sort);
      if (!column) return numbers;
      const keys = new Map(numbers.map((number) => [number, column.by(this.model.claims[number])]));
      const compare = (a, b) => (typeof a === "number" ? a - b || 0 : a < b ? -1 : a > b ? 1 : 0);
      return [...numbers].sort((a, b) => (down ? -1 : 1) * compare(keys.get(a), keys.get(b)) || a - b);
    }

    show(shown, state) {
      const numbers = this.sorted(shown.claims, state);
      const head = h("thead", {}, h("tr", {}, ...this.columns.map((column) => this.header(column, state))));
      const body = h("tbody", {}, ...numbers.slice(0, this.limit).map((number) => this.row(number, state)));
      const rest = numbers.length - this.limit;
      const more = rest > 0 && h("button", { type: "button", class: "more-rows", onclick: () => this.grow(shown, state) }, `Show ${Math.min(rest, STEP)} of ${rest} more`);
      const caption = h("caption", { class: "unseen" }, "The claims that pass the filters");
      this.element.replaceChildren(...[h("table", {}, caption, head, body), more].filter(Boolean));
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
        if (key !== "claim") return h("td", { class: `column-${key} ${key === "polarity" ? claim.polarity : ""}` }, words(say(claim)));
        return h("th", { scope: "row", class: "column-claim" }, h("button", { type: "button", class: "name", onclick: () => this.onSelect({ claim: number }) }, words(claim.label)));
      });
      return h("tr", { "data-claim": claim.id, "aria-current": isChosen ? "true" : null }, ...cells);
    }
  }

  return { View };
})();
