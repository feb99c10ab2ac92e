/* Dated claims on an axis: intervals as bars, days as points, open ends as arrows, each claim in its own lane beside its sentence. */
const Timeline = (() => {
  "use strict";
  const { h, s, words } = Elements;
  const STEP = 200;
  const TICK = 76;
  const YEAR = 365.2425;
  const LEAST = 4;
  const ARROW = 9;
  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

  class View {
    constructor(element, model, { onSelect, onPeriod }) {
      Object.assign(this, { element, model, onSelect, onPeriod, limit: STEP });
      const button = (text, label, act) => h("button", { type: "button", "aria-label": label, title: label, onclick: act }, text);
      this.tools = h("div", { class: "period-tools", role: "group", "aria-label": "Period" },
        button("‹", "Earlier", () => this.move(-0.5)), button("+", "Zoom in", () => this.zoom(0.5)), button("−", "Zoom out", () => this.zoom(2)), button("›", "Later", () => this.move(0.5)), button("⤢", "Show every date", () => onPeriod(null)));
      this.note = h("p", { class: "view-note" });
      this.axis = s("svg", { class: "axis", "aria-hidden": "true" });
      this.period = h("p", { class: "period" });
      this.scale = h("div", { class: "lane scale" }, h("div", { class: "period-head" }, this.period, this.tools), h("div", { class: "track" }, this.axis));
      this.rows = h("ol", {});
      this.grid = s("svg", { class: "grid", "aria-hidden": "true" });
      this.more = h("button", { type: "button", class: "more-rows", onclick: () => ((this.limit += STEP), this.draw()) });
      element.replaceChildren(this.note, this.scale, h("div", { class: "lanes" }, this.grid, this.rows), this.more);
      element.addEventListener("keydown", (event) => this.key(event));
      this.brush(this.axis.parentElement);
      new ResizeObserver(() => this.drawAxis()).observe(this.axis.parentElement);
    }

    /** The dated claims, in their order. */
    build() {
      const read = new Map();
      const boundsOf = (when) => read.get(when) ?? read.set(when, Dates.bounds(when)).get(when);
      this.dated = this.model.claims.flatMap(({ when }, claim) => {
        const bounds = when === undefined || when === null ? null : boundsOf(when);
        return bounds ? [{ claim, when, ...bounds }] : [];
      });
      const start = ({ from, until }) => from ?? until;
      this.dated.sort((a, b) => start(a) - start(b) || (a.until ?? Infinity) - (b.until ?? Infinity) || a.claim - b.claim);
    }

    /** The time that the claims shown span, with a margin. */
    spanned() {
      const days = this.dated.filter(({ claim }) => this.shown.isShown.has(claim)).flatMap(({ from, until }) => [from, until]).filter((day) => day !== null);
      const [first, last] = days.reduce(([low, high], day) => [Math.min(low, day), Math.max(high, day)], [Infinity, -Infinity]);
      this.extent = days.length ? [first, Math.max(first, last - 1)] : [0, 0];
      const pad = Math.max(2, (last - first) * 0.03);
      return days.length ? [Math.floor(first - pad), Math.ceil(last + pad)] : [0, 1];
    }

    /** The years from the first date to the last, without the margin of the axis; a time within one year by its days. */
    years() {
      const [from, until] = this.extent.map((day) => Dates.toIso(day).slice(0, -6));
      return from === until ? this.extent.map(Dates.short).join(" to ") : `${from} to ${until}`;
    }

    show(shown, state) {
      if (!this.dated) this.build();
      if (this.lastShown !== shown) this.limit = STEP;
      const asked = state.period?.map(Dates.fromIso) ?? [];
      Object.assign(this, { shown, state });
      this.whole = this.spanned();
      this.range = asked.length && asked.every(Number.isFinite) && asked[1] > asked[0] ? asked : this.whole;
      this.lastShown = shown;
      this.draw();
      this.drawAxis();
      if (state.selection && state.selection !== this.lastSelection) this.rows.querySelector(".chosen")?.scrollIntoView({ block: "nearest" });
      this.lastSelection = state.selection;
    }

    draw() {
      const [low, high] = this.range;
      const dated = this.dated.filter(({ claim }) => this.shown.isShown.has(claim));
      const inside = dated.filter(({ from, until }) => (from ?? -Infinity) < high && (until ?? Infinity) > low);
      const chosen = new Set(this.model.selected(this.state.selection));
      const seen = inside.slice(0, this.limit);
      this.rows.replaceChildren(...seen.map((each, at) => this.row(each, chosen, seen[at - 1])));
      const rest = inside.length - seen.length;
      this.more.hidden = rest <= 0;
      this.more.textContent = `Show ${Math.min(rest, STEP)} of ${rest} more`;
      this.note.textContent = this.inWords(dated.length, inside.length);
      this.period.textContent = this.range === this.whole ? this.years() : `${Dates.short(low)} to ${Dates.short(high - 1)}`;
      this.tools.hidden = this.scale.hidden = this.grid.parentElement.hidden = !dated.length;
    }

    inWords(dated, inside) {
      const count = (number) => `${number} ${number === 1 ? "claim" : "claims"}`;
      const undated = this.shown.claims.length - dated;
      const parts = [dated ? `${count(dated)} with a date` : "No claim that passes the filters has a date"];
      if (inside < dated) parts.push(`${dated - inside} of them outside this period`);
      if (undated && dated) parts.push(`${count(undated)} without one ${undated === 1 ? "is" : "are"} not on the axis`);
      return `${parts.join("; ")}.`;
    }

    row({ claim, when, from, until }, chosen, before) {
      const { label, language, id, claimant, polarity } = this.model.claims[claim];
      const who = this.model.nodes[claimant];
      const isChosen = chosen.has(claim);
      const date = before?.when !== when && h("span", { class: "date" }, words(Dates.inWords(when)));
      const said = h("span", { class: "label" }, polarity === "denied" && h("b", {}, `${this.model.word("denied").label}: `), words(label, { lang: language }));
      const by = h("span", { class: "by" }, words(who.label, { lang: who.language }));
      const select = () => this.onSelect({ claim });
      const name = h("button", { type: "button", class: "event", "data-claim": id, "aria-pressed": String(isChosen), "aria-label": `${Dates.inWords(when)}: ${label}`, onclick: select }, said, " ", by);
      return h("li", { class: `lane${date ? " first" : ""}${isChosen ? " chosen" : ""}` }, h("div", {}, date, name), h("div", { class: "track", onclick: select }, this.bar(this.model.claims[claim], from, until)));
    }

    /** A bar in shares of the track: as long as its period, never too small to see, cut at the frame, an arrow where it goes on. */
    bar(claim, from, until) {
      const [low, high] = this.range;
      const share = (day) => ((day - low) / (high - low)) * 100;
      const start = Math.max(0, from === null ? 0 : share(from));
      const end = Math.min(100, until === null ? 100 : share(until));
      const isPoint = from !== null && until !== null && until - from <= 1;
      const before = from === null || from < low;
      const after = until === null || until > high;
      const looks = ["bar", isPoint && "point", before && "before", after && "after", claim.polarity === "denied" && "denied", this.model.isHedged(claim) && "hedged"].filter(Boolean);
      const bar = h("span", { class: looks.join(" ") });
      // An arrow stands within the frame, so its bar is as much shorter.
      const [tail, head] = [before ? ARROW : 0, after ? ARROW : 0];
      bar.style.left = `min(${start}% + ${tail}px, 100% - ${LEAST + 4 + head}px)`;
      if (!isPoint) bar.style.width = `max(${end - start}% - ${tail + head}px, ${LEAST + 4}px)`;
      return bar;
    }

    drawAxis() {
      const width = this.axis.parentElement.clientWidth;
      if (!width || !this.range) return;
      const [low, high] = this.range;
      const at = (day) => ((day - low) / (high - low)) * width;
      const marks = ticks(low, high, Math.max(2, Math.floor(width / TICK)));
      const lines = marks.flatMap(({ day, label }) => [
        s("line", { x1: at(day), x2: at(day), y1: 24, y2: 32 }),
        at(day) > 12 && at(day) < width - 22 && s("text", { x: at(day), y: 18, "text-anchor": "middle" }, label),
      ]);
      this.axis.setAttribute("viewBox", `0 0 ${width} 32`);
      this.grid.setAttribute("width", width);
      this.grid.replaceChildren(...marks.map(({ day }) => s("line", { x1: at(day), x2: at(day), y1: 0, y2: "100%" })));
      this.axis.replaceChildren(s("line", { x1: 0, x2: width, y1: 31.5, y2: 31.5 }), ...lines.filter(Boolean));
    }

    set([low, high]) {
      const least = 7;
      const middle = (low + high) / 2;
      const half = Math.max(high - low, least) / 2;
      const [from, until] = [Math.round(middle - half), Math.round(middle + half)];
      if (from <= this.whole[0] && until >= this.whole[1]) return this.onPeriod(null);
      return this.onPeriod([Dates.toIso(from), Dates.toIso(until)]);
    }

    zoom(factor) {
      const [low, high] = this.range;
      const chosen = this.dated.find(({ claim }) => claim === this.state.selection?.claim);
      const middle = chosen ? ((chosen.from ?? chosen.until) + (chosen.until ?? chosen.from)) / 2 : (low + high) / 2;
      const half = ((high - low) / 2) * factor;
      this.set([middle - half, middle + half]);
    }

    move(share) {
      const [low, high] = this.range;
      const step = (high - low) * share;
      this.set([low + step, high + step]);
    }

    key(event) {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "+" || event.key === "=") this.zoom(0.5);
      else if (event.key === "-") this.zoom(2);
      else if (event.key === "0") this.onPeriod(null);
      else if (event.key === "ArrowLeft") this.move(-0.25);
      else if (event.key === "ArrowRight") this.move(0.25);
      else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const all = [...this.rows.querySelectorAll(".event")];
        const next = all[all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
        if (!next) return;
        next.focus();
      } else return;
      event.preventDefault();
    }

    /** A drag along the axis is the period to zoom to. */
    brush(track) {
      const mark = h("span", { class: "brushed", hidden: true });
      track.append(mark);
      let from = null;
      const x = (event) => Math.min(1, Math.max(0, (event.clientX - track.getBoundingClientRect().left) / track.clientWidth));
      const draw = (to) => Object.assign(mark.style, { left: `${Math.min(from, to) * 100}%`, width: `${Math.abs(to - from) * 100}%` });
      track.addEventListener("pointerdown", (event) => {
        if (event.button !== 0) return;
        track.setPointerCapture(event.pointerId);
        from = x(event);
        mark.hidden = false;
        draw(from);
      });
      track.addEventListener("pointermove", (event) => from !== null && draw(x(event)));
      track.addEventListener("pointercancel", () => ((from = null), (mark.hidden = true)));
      track.addEventListener("pointerup", (event) => {
        if (from === null) return;
        const [start, end] = [from, x(event)].sort((a, b) => a - b);
        const [low, high] = this.range;
        from = null;
        mark.hidden = true;
        if (end - start > 0.01) this.set([low + start * (high - low), low + end * (high - low)]);
      });
    }
  }

  /** Where the axis has marks: at round years, months or days, no more than there is room for. */
  function ticks(low, high, count) {
    const days = (high - low) / count;
    const date = (day) => new Date(day * 86_400_000);
    const found = [];
    if (days > YEAR / 2) {
      const step = round(days / YEAR, [1, 2, 5]);
      for (let year = Math.ceil(date(low).getUTCFullYear() / step) * step; Dates.dayOf(year) <= high; year += step) found.push({ day: Dates.dayOf(year), label: String(year) });
    } else if (days > 12) {
      const step = [1, 2, 3, 6].find((months) => months * 30.4 >= days) ?? 6;
      const [year, month] = [date(low).getUTCFullYear(), date(low).getUTCMonth()];
      for (let at = Math.floor(month / step) * step; Dates.dayOf(year, at + 1) <= high; at += step) found.push({ day: Dates.dayOf(year, at + 1), label: monthOf(date(Dates.dayOf(year, at + 1))) });
    } else {
      const step = Math.max(1, Math.ceil(days));
      for (let day = Math.ceil(low); day <= high; day += step) found.push({ day, label: `${date(day).getUTCDate()} ${MONTHS[date(day).getUTCMonth()]}` });
    }
    return found.filter(({ day }) => day >= low);
  }

  const monthOf = (date) => `${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;

  /** The first of 1, 2, 5, 10, 20, … that is not less. */
  function round(least, steps) {
    for (let ten = 1; ; ten *= 10) for (const step of steps) if (step * ten >= least) return step * ten;
  }

  return { View };
})();
