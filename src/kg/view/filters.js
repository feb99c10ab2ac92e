/* The filters: facets with live counts, and the chips of those that are at work. */
const Filters = (() => {
  "use strict";
  const { h, words, inFigures } = Elements;
  const OPEN_ROWS = 8;
  const ROWS_AT_MOST = 80;

  class Facets {
    constructor(element, model, { onChange }) {
      this.model = model;
      this.onChange = onChange;
      this.rows = new Map();
      element.replaceChildren(...model.facets.map((facet) => this.facet(facet)));
    }

    facet(facet) {
      const rows = facet.values.slice(0, ROWS_AT_MOST).map((value, at) => this.row(facet, value, at));
      this.rows.set(facet.key, rows);
      const [elements, rest] = Elements.split(rows.map(({ element }) => element), OPEN_ROWS);
      const more = rest.length > 0 && h("details", { class: "more" }, h("summary", {}, `${rest.length} more`), ...rest, this.left(facet));
      const all = h("button", { type: "button", onclick: () => this.onChange(facet.key, new Set()) }, "all");
      const none = h("button", { type: "button", onclick: () => this.onChange(facet.key, new Set(facet.values.keys())) }, "none");
      const legend = h("legend", {}, facet.title);
      const bulk = h("span", { class: "bulk" }, all, none);
      if (facet.key !== "time") return h("fieldset", { "data-facet": facet.key }, legend, bulk, ...elements, more);
      this.brush = new Histogram.Brush(facet, { onChange: (off) => this.onChange(facet.key, off) });
      if (!this.brush.isUseful) return h("fieldset", { "data-facet": facet.key }, legend, bulk, ...elements, more);
      const isDated = rows.map((_, at) => this.brush.dated.some((value) => value.at === at));
      const some = (wanted) => rows.filter((_, at) => isDated[at] === wanted).map(({ element }) => element);
      const singly = h("details", { class: "more" }, h("summary", {}, "one by one"), ...some(true));
      return h("fieldset", { "data-facet": facet.key }, legend, bulk, this.brush.element, ...some(false), singly);
    }

    /** Words for the values that have no row. */
    left({ values }) {
      return values.length > ROWS_AT_MOST && h("p", { class: "hidden-note" }, `${values.length - ROWS_AT_MOST} with fewer claims have no line here; the search finds them.`);
    }

    row(facet, value, at) {
      const box = h("input", { type: "checkbox", onchange: () => this.toggle(facet.key, at, box.checked) });
      const count = h("span", { class: "count" });
      const others = () => new Set([...facet.values.keys()].filter((other) => other !== at));
      const only = h("button", { type: "button", class: "only", "aria-label": `Only ${value.label}`, onclick: () => this.onChange(facet.key, others()) }, "only");
      const label = h("label", {}, box, words(value.label, { lang: value.language }));
      return { box, count, element: h("div", { class: "value", "data-value": value.id }, label, only, count) };
    }

    toggle(key, at, isOn) {
      const off = new Set(this.state.off.get(key));
      if (isOn) off.delete(at);
      else off.add(at);
      this.onChange(key, off);
    }

    show(shown, state) {
      this.state = state;
      if (this.brush?.isUseful) this.brush.show(shown, state.off.get("time"));
      for (const { key } of this.model.facets) {
        const counts = shown.counts.get(key);
        const off = state.off.get(key);
        this.rows.get(key).forEach((row, at) => this.showRow(row, !off?.has(at), counts[at]));
      }
    }

    /** Only what changed is written: what is written is laid out anew. */
    showRow(row, isOn, count) {
      if (row.box.checked !== isOn) row.box.checked = isOn;
      if (row.counted === count) return;
      row.counted = count;
      row.count.textContent = inFigures(count);
      row.element.classList.toggle("empty", count === 0);
    }
  }

  /** What is at work, in words, each with a way to take it off. */
  function chips(model, state, { onChange, onQuery, onReset }) {
    const chip = (name, text, remove) => h("li", {}, h("button", { type: "button", "aria-label": `Remove filter ${name}: ${text}`, onclick: remove }, h("span", { class: "chip-name" }, name), " ", words(text), h("span", { "aria-hidden": "true", class: "chip-x" }, "✕")));
    const found = model.facets
      .filter(({ key }) => state.off.get(key)?.size)
      .map(({ key, title, values }) => chip(title, (key === "time" ? Histogram.inWords : inWords)(values, state.off.get(key)), () => onChange(key, new Set())));
    if (state.query) found.unshift(chip("Search", state.query, () => onQuery("")));
    if (found.length) found.push(h("li", {}, h("button", { type: "button", class: "reset", onclick: onReset }, "Clear all")));
    return found;
  }

  function inWords(values, off) {
    const on = values.filter((_, at) => !off.has(at));
    const listed = (some) => some.slice(0, 2).map(({ label }) => label).join(", ") + (some.length > 2 ? ` and ${some.length - 2} more` : "");
    if (!on.length) return "none";
    return off.size < on.length ? `without ${listed(values.filter((_, at) => off.has(at)))}` : listed(on);
  }

  return { Facets, chips };
})();
