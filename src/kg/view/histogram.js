/* The facet of time as a histogram with a brush: how many claims each time touches, and which of these times are let through. */
const Histogram = (() => {
  "use strict";
  const { h, s } = Elements;
  const BARS = 48;
  const WIDTH = 200;
  const HEIGHT = 46;
  const MONTH = /^(-?\d{4})-(\d\d)$/;

  /** A year or a month as a number that counts on; null for the undated. */
  function toNumber(id) {
    const month = MONTH.exec(id);
    if (month) return Number(month[1]) * 12 + Number(month[2]) - 1;
    return /^-?\d{4}$/.test(id) ? Number(id) : null;
  }

  class Brush {
    /** `onChange` is told the values that are off. */
    constructor(facet, { onChange }) {
      Object.assign(this, { facet, onChange });
      this.dated = facet.values.map(({ id, label }, at) => ({ at, label, number: toNumber(id) })).filter(({ number }) => number !== null);
      this.dated.sort((a, b) => a.number - b.number);
      this.undated = facet.values.findIndex(({ id }) => toNumber(id) === null);
      this.isUseful = this.dated.length > 1;
      if (this.isUseful) this.build();
    }

    build() {
      const [first, last] = [this.dated[0].number, this.dated.at(-1).number];
      this.step = Math.max(1, Math.ceil((last - first + 1) / BARS));
      const count = Math.floor((last - first) / this.step) + 1;
      this.bars = Array.from({ length: count }, () => ({ members: [] }));
      this.dated.forEach((value) => this.bars[(value.bar = Math.floor((value.number - first) / this.step))].members.push(value));
      this.full = this.bars.flatMap(({ members }, bar) => (members.length ? [bar] : []));
      const wide = WIDTH / count;
      this.bars.forEach((bar, at) => (bar.element = s("rect", { x: at * wide + Math.min(0.5, wide / 8), width: Math.max(1, wide - Math.min(1, wide / 4)) })));
      this.drawing = s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" }, ...this.bars.map(({ element }) => element));
      this.handles = ["First", "Last"].map((name, end) => this.handle(name, end));
      this.chosen = h("span", { class: "chosen-time" });
      this.words = h("p", { class: "time-words" });
      const rule = h("p", { class: "time-words" }, "A claim counts in every time that it touches, not only where it begins.");
      this.field = h("div", { class: "bars" }, this.drawing, this.chosen, ...this.handles);
      this.element = h("div", { class: "histogram" }, this.field, this.words, rule);
      this.listen();
    }

    handle(name, end) {
      return h("span", { class: "handle", role: "slider", tabindex: 0, "aria-label": `${name} time`, "aria-valuemin": 0, "aria-valuemax": this.full.length - 1, onkeydown: (event) => this.key(event, end) });
    }

    /** Handles go from one time with claims to the next. */
    key(event, end) {
      const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: 5, PageDown: -5, Home: -Infinity, End: Infinity };
      if (!(event.key in steps)) return;
      event.preventDefault();
      const range = this.range.map((bar) => this.full.indexOf(bar));
      const [low, high] = end === 0 ? [0, range[1]] : [range[0], this.full.length - 1];
      range[end] = Math.min(high, Math.max(low, range[end] + steps[event.key]));
      this.set(range.map((at) => this.full[at]));
    }

    listen() {
      const barAt = (event) => {
        const { left, width } = this.field.getBoundingClientRect();
        return Math.min(this.bars.length - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * this.bars.length)));
      };
      let drag = null;
      this.field.addEventListener("pointerdown", (event) => {
        if (event.button !== 0) return;
        const end = this.handles.indexOf(event.target);
        this.field.setPointerCapture(event.pointerId);
        drag = { anchor: end < 0 ? barAt(event) : this.range[1 - end], range: end < 0 ? null : this.range };
      });
      this.field.addEventListener("pointermove", (event) => {
        if (!drag) return;
        drag.range = [drag.anchor, barAt(event)].sort((a, b) => a - b);
        this.place(drag.range);
      });
      this.field.addEventListener("pointercancel", () => ((drag = null), this.place(this.range)));
      this.field.addEventListener("pointerup", (event) => {
        const range = drag?.range ?? [barAt(event), barAt(event)];
        drag = null;
        this.set(range);
      });
    }

    /** Let through what touches the time between two bars; everything when that is all of it. The undated come along only where they were
        asked for beside a time. */
    set([low, high]) {
      const inside = this.full.filter((bar) => bar >= low && bar <= high);
      if (!inside.length) return this.place(this.range);
      const on = new Set(inside.flatMap((bar) => this.bars[bar].members.map(({ at }) => at)));
      const isAll = on.size === this.dated.length;
      const hasUndated = this.off?.size && this.undated >= 0 && !this.off.has(this.undated);
      if (hasUndated) on.add(this.undated);
      return this.onChange(new Set(isAll ? [] : [...this.facet.values.keys()].filter((at) => !on.has(at))));
    }

    show(shown, off) {
      this.off = off;
      const counts = shown.counts.get("time");
      const isOn = ({ at }) => !off?.has(at);
      const heights = (this.heights ??= []);
      const sums = this.bars.map(({ members }) => members.reduce((sum, { at }) => sum + counts[at], 0));
      const most = Math.max(1, ...sums);
      this.bars.forEach(({ element, members }, at) => {
        const height = sums[at] ? Math.max(2, (sums[at] / most) * HEIGHT) : 0;
        if (heights[at] !== height) {
          heights[at] = height;
          element.setAttribute("y", HEIGHT - height);
          element.setAttribute("height", height);
        }
        element.classList.toggle("off", !members.some(isOn));
      });
      this.field.classList.toggle("whole", !off?.size);
      const open = this.full.filter((bar) => this.bars[bar].members.some(isOn));
      this.range = open.length ? [open[0], open.at(-1)] : [this.full[0], this.full.at(-1)];
      this.place(this.range);
      const labels = this.range.map((bar, end) => this.bars[bar].members.at(end === 0 ? 0 : -1).label);
      this.words.textContent = this.told(labels, shown, counts, off);
      this.handles.forEach((handle, end) => {
        handle.setAttribute("aria-valuenow", this.full.indexOf(this.range[end]));
        handle.setAttribute("aria-valuetext", labels[end]);
      });
    }

    /** What time is let through, how many claims touch it, and what becomes of those without a date. */
    told(labels, shown, counts, off) {
      const { of } = this.facet;
      const dated = shown.claims.reduce((sum, number) => sum + (of[number] !== this.undated), 0);
      const undated = this.undated < 0 ? 0 : counts[this.undated];
      const period = labels[0] === labels[1] ? labels[0] : labels.join(" to ");
      const touch = `${dated} ${dated === 1 ? "claim touches" : "claims touch"} this time`;
      if (!undated) return `${period}: ${touch}.`;
      const fate = !off?.has(this.undated) ? "shown too" : "hidden";
      return `${period}: ${touch}. ${undated} without a date ${undated === 1 ? "is" : "are"} ${fate}.`;
    }

    place([low, high]) {
      const share = (bar) => (bar / this.bars.length) * 100;
      Object.assign(this.chosen.style, { left: `${share(low)}%`, width: `${share(high + 1 - low)}%` });
      this.handles[0].style.left = `${share(low)}%`;
      this.handles[1].style.left = `${share(high + 1)}%`;
    }
  }

  /** The times let through, as a chip says them: stretches, not their members. */
  function inWords(values, off) {
    const found = Claims.stretches(values, off).flatMap(([first, last]) => {
      const isOutside = values[last].id === "undated" && last > first;
      const end = isOutside ? last - 1 : last;
      const words = first === end ? values[first].label : `${values[first].label} to ${values[end].label}`;
      return isOutside ? [words, values[last].label] : [words];
    });
    return found.length > 3 ? `${found.slice(0, 2).join(", ")} and ${found.length - 2} more` : found.join(", ") || "none";
  }

  return { Brush, inWords };
})();
