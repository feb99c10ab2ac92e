/* Claims about claims as diagrams in layers: conclusions on top, reasons below. Layers and order come with the data, heights from the cards. */
const Argument = (() => {
  "use strict";
  const { h, s, words, shape } = Elements;
  const WIDTH = 156;
  const GAP = 12;
  const CHIP = 22;
  const ROOM = 46;
  const LEAST = 0.8;
  const NARROW = 500;
  const TITLES = { argument: "Argument: what speaks for and against", cause: "Chains of cause: what led to what", other: "Other claims about claims" };

  class View {
    constructor(element, model, { onSelect }) {
      Object.assign(this, { element, model, onSelect, scale: null });
      this.stage = h("div", { class: "diagrams" });
      this.note = h("p", { class: "view-note" });
      const button = (text, label, factor) => h("button", { type: "button", "aria-label": label, title: label, onclick: () => this.zoom(factor) }, text);
      this.tools = h("div", { class: "period-tools", role: "group", "aria-label": "Zoom" }, button("+", "Zoom in", 1.25), button("−", "Zoom out", 0.8), button("⤢", "First size", 0));
      element.replaceChildren(h("div", { class: "argument-head" }, this.note, this.tools), this.stage);
      element.addEventListener("keydown", (event) => this.key(event));
      new ResizeObserver(() => this.place()).observe(element);
      drag(element);
    }

    /** What there is, made once; what is shown of it changes later. */
    build() {
      this.parts = this.model.argument.parts.map((part) => new Part(part, this.model, this.onSelect));
      const groups = Object.entries(TITLES).map(([title, heading]) => {
        const parts = this.parts.filter((part) => part.title === title);
        return parts.length && { parts, element: h("section", { "aria-label": heading }, h("h3", {}, heading), h("div", { class: "parts" }, ...parts.map((part) => part.element))) };
      });
      this.groups = groups.filter(Boolean);
      this.stage.replaceChildren(...this.groups.map(({ element }) => element));
    }

    show(shown, state) {
      if (!this.parts) this.build();
      const chosen = new Set(this.model.selected(state.selection));
      this.parts.forEach((part) => part.show(shown, chosen, state.selection));
      this.groups.forEach(({ parts, element }) => (element.hidden = parts.every((part) => part.element.hidden)));
      this.note.replaceChildren(...this.inWords(shown));
      this.place();
      if (this.lastSelection !== state.selection && state.selection) this.reveal();
      this.lastSelection = state.selection;
    }

    inWords(shown) {
      const all = this.parts.flatMap((part) => [...part.claims]);
      const seen = all.filter((claim) => shown.isShown.has(claim)).length;
      this.tools.hidden = this.parts.every((part) => part.element.hidden);
      const left = this.model.argument.left.filter((claim) => shown.isShown.has(claim)).length;
      const rest = left ? ` ${left} more are too many to draw; the table has them.` : "";
      if (this.tools.hidden && !left) return [shown.claims.length ? "None of these claims is about another claim." : "No claim passes the filters."];
      return [h("b", {}, String(seen)), ` ${seen === 1 ? "claim is" : "claims are"} about other claims. Reasons stand below what they speak for or against.${rest}`];
    }

    place() {
      if (!this.parts || !this.element.clientWidth) return;
      const widest = Math.max(1, ...this.parts.filter((part) => !part.element.hidden).map((part) => part.width));
      const { paddingLeft, paddingRight } = getComputedStyle(this.element);
      const room = this.element.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
      this.element.style.setProperty("--room", `${room}px`);
      const scale = this.scale ?? Math.min(1, Math.max(room < NARROW ? 1 : LEAST, room / widest));
      this.stage.style.minWidth = `${widest * scale}px`;
      this.parts.forEach((part) => part.element.hidden || part.place(scale));
    }

    zoom(factor) {
      const now = this.parts?.find((part) => part.scale)?.scale ?? 1;
      this.scale = factor ? Math.min(2, Math.max(0.3, now * factor)) : null;
      this.place();
    }

    reveal() {
      const chosen = this.stage.querySelector(".reason.chosen, .step.chosen");
      chosen?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: Elements.isStill() ? "auto" : "smooth" });
    }

    /** Up and down follow the lines, left and right go to what stands there; plus and minus zoom. */
    key(event) {
      const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      const here = event.target.closest(".reason, .step");
      const along = here && this.parts.map((part) => part.along(here, event.key === "ArrowUp")).find(Boolean);
      if (ways[event.key]?.[1] && along) along.focus();
      else if (ways[event.key] && here) nearest(here, [...this.stage.querySelectorAll(".reason, .step")], ways[event.key])?.focus();
      else if (event.key === "+" || event.key === "=") this.zoom(1.25);
      else if (event.key === "-") this.zoom(0.8);
      else if (event.key === "0") this.zoom(0);
      else return;
      event.preventDefault();
    }
  }

  const isAboutClaims = (model, claim) => [model.claims[claim].subject, model.claims[claim].object].some((node) => model.nodes[node].claim !== undefined);

  /** A drag beside the cards moves the diagram. */
  function drag(element) {
    let from = null;
    element.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse" && event.button === 0 && !event.target.closest("button, summary")) from = { x: event.clientX + element.scrollLeft, y: event.clientY + element.scrollTop };
    });
    window.addEventListener("pointermove", (event) => {
      if (from) element.scrollTo({ left: from.x - event.clientX, top: from.y - event.clientY, behavior: "instant" });
    });
    window.addEventListener("pointerup", () => (from = null));
  }

  function nearest(here, all, [dx, dy]) {
    const middle = (element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      return [left + width / 2, top + height / 2];
    };
    const [x, y] = middle(here);
    const cost = (element) => {
      const [ex, ey] = middle(element);
      const along = (ex - x) * dx + (ey - y) * dy;
      return along > 4 ? along + 3 * (Math.abs((ex - x) * dy) + Math.abs((ey - y) * dx)) : Infinity;
    };
    const seen = all.filter((element) => element !== here && element.offsetParent);
    const best = seen.reduce((one, other) => (cost(other) < cost(one) ? other : one), seen[0]);
    return best && cost(best) < Infinity ? best : null;
  }

  /** Cards that hang together. */
  class Part {
    constructor({ title, cards, lines }, model, onSelect) {
      Object.assign(this, { title, model, onSelect });
      this.claims = new Set([...lines.map((line) => line.claim), ...cards.map((card) => card.claim)].filter((claim) => claim !== undefined && isAboutClaims(model, claim)));
      this.cards = cards.map((card) => ({ ...card, element: this.card(card) }));
      this.lines = lines.map((line) => this.line(line));
      this.drawing = s("svg", { "aria-hidden": "true" }, ...this.lines.map((line) => line.path));
      this.inner = h("div", { class: "layers" }, this.drawing, ...this.inOrder());
      this.sides = this.questions();
      this.frame = h("div", { class: "diagram" }, this.inner);
      this.element = h("div", { class: "part" }, this.sides, this.frame);
    }

    /** Cards from the top, each with the steps that lead up from it: the order in which they are read and reached. */
    inOrder() {
      return this.cards.flatMap((card, at) => [card.element, ...this.lines.filter((line) => line.below === at && line.chip).map((line) => line.chip)]);
    }

    card({ claim, node }) {
      if (claim === undefined) {
        const { label, language, kind } = this.model.nodes[node];
        return h("button", { type: "button", class: "reason thing", onclick: () => this.onSelect({ nodes: [node] }) }, shape(this.model.kindByName.get(kind)), words(label, { lang: language }));
      }
      const { label, language, claimant, id } = this.model.claims[claim];
      const who = this.model.nodes[claimant];
      const by = h("span", { class: "by" }, words(who.label, { lang: who.language }));
      return h("button", { type: "button", class: `reason ${this.looks(claim)}`, "data-claim": id, onclick: () => this.onSelect({ claim }) }, words(label, { class: "label", lang: language }), by, this.marks(claim));
    }

    looks(claim) {
      const { polarity, modality } = this.model.claims[claim];
      return [polarity === "denied" && "denied", this.model.isHedged(this.model.claims[claim]) && "hedged", modality === "asked" && "asked"].filter(Boolean).join(" ");
    }

    /** What keeps a claim from being plain, in words. */
    marks(claim) {
      const { polarity, certainty, modality } = this.model.claims[claim];
      const value = (name) => this.model.word(name).label;
      const said = [polarity === "denied" && value(polarity), certainty !== "certain" && (certainty === "unspecified" && !this.model.words.unspecified ? "certainty unspecified" : value(certainty)), modality && value(modality)].filter(Boolean);
      return said.length > 0 && h("span", { class: "marks" }, said.join(" · "));
    }

    line(line) {
      const claim = this.model.claims[line.claim];
      const found = { ...line, path: s("g", { class: `line role-${line.role} ${this.looks(line.claim)}` }), isWay: line.role === "about" };
      if (found.isWay) return found;
      const label = (claim.polarity === "denied" ? "denied: " : "") + this.model.relations[claim.relation].label;
      const sign = { for: "+", against: "✕", raises: "?", cause: "→" }[line.role];
      const name = `${label}: ${claim.label}`;
      found.chip = h("button", { type: "button", class: `step role-${line.role}`, "data-claim": claim.id, "aria-label": name, onclick: () => this.onSelect({ claim: line.claim }) }, sign && h("span", { "aria-hidden": "true" }, sign), words(label, { lang: this.model.relations[claim.relation].language }));
      return found;
    }

    /** The questions that something here raises, side by side, each with what speaks for and against it. */
    questions() {
      const asked = [...new Set(this.lines.filter((line) => line.role === "raises").map((line) => line.above))];
      this.reasons = asked.map((above) => ({ above, rows: ["for", "against"].flatMap((role) => this.lines.filter((line) => line.above === above && line.role === role)) }));
      if (!this.reasons.length) return null;
      return h("ul", { class: "sides", "aria-label": "The question and its sides" }, ...this.reasons.map((side) => this.side(side)));
    }

    side(side) {
      const { claim, node } = this.cards[side.above];
      const { label, language } = claim === undefined ? this.model.nodes[node] : this.model.claims[claim];
      const select = (what) => () => this.onSelect(what);
      side.count = h("span", { class: "count" });
      side.items = side.rows.map((line) => {
        const below = this.cards[line.below];
        const { label: name, language: tongue } = below.claim === undefined ? this.model.nodes[below.node] : this.model.claims[below.claim];
        const to = below.claim === undefined ? { nodes: [below.node] } : { claim: below.claim };
        return h("li", {}, h("span", { class: `role-word role-${line.role}` }, line.role), h("button", { type: "button", class: "name", onclick: select(to) }, words(name, { lang: tongue })));
      });
      const title = h("button", { type: "button", class: "name question", onclick: select(claim === undefined ? { nodes: [node] } : { claim }) }, words(label, { lang: language }));
      return h("li", {}, title, side.count, h("ul", {}, ...side.items));
    }

    show(shown, chosen, selection) {
      const isDrawn = this.lines.map((line) => shown.isShown.has(line.claim));
      const used = new Set(this.lines.flatMap((line, at) => (isDrawn[at] ? [line.below, line.above] : [])));
      this.cards.forEach((card, at) => {
        const isShown = card.claim === undefined || shown.isShown.has(card.claim);
        const isChosen = card.claim === undefined ? selection?.nodes?.includes(card.node) : chosen.has(card.claim);
        card.isUsed = used.has(at);
        card.element.hidden = !card.isUsed;
        card.element.classList.toggle("filtered", !isShown);
        card.element.classList.toggle("chosen", Boolean(isChosen));
        card.element.setAttribute("aria-pressed", String(Boolean(isChosen)));
      });
      this.lines.forEach((line, at) => {
        line.isDrawn = isDrawn[at];
        const ends = [this.cards[line.below], this.cards[line.above]];
        const isLit = chosen.has(line.claim) || (selection?.claim !== undefined && ends.some((card) => card.claim === selection.claim));
        line.path.classList.toggle("lit", isLit);
        line.path.classList.toggle("off", !line.isDrawn);
        if (!line.chip) return;
        line.chip.hidden = !line.isDrawn;
        line.chip.classList.toggle("chosen", chosen.has(line.claim));
        line.chip.setAttribute("aria-pressed", String(chosen.has(line.claim)));
      });
      this.element.hidden = !this.lines.some((line) => line.isDrawn);
      this.showSides();
    }

    showSides() {
      for (const { rows, items, count } of this.reasons) {
        rows.forEach((line, at) => (items[at].hidden = !line.isDrawn));
        const number = (role) => rows.filter((line) => line.isDrawn && line.role === role).length;
        const counted = ["for", "against"].filter(number).map((role) => `${number(role)} ${role}`);
        count.textContent = counted.join(", ") || "nothing speaks for or against it here";
      }
    }

    /** What comes next on the line of an element: from a card the words on its first line, from the words the card. */
    along(element, isUp) {
      const [here, there] = isUp ? ["below", "above"] : ["above", "below"];
      const on = this.lines.find((line) => line.chip === element);
      if (on) return this.cards[on[there]].element;
      const at = this.cards.findIndex((card) => card.element === element);
      const line = this.lines.find((each) => each.isDrawn && each[here] === at);
      return line && (line.chip ?? this.cards[line[there]].element);
    }

    get width() {
      const seen = this.cards.filter((card) => card.isUsed);
      const left = Math.min(...seen.map((card) => card.x));
      return (Math.max(...seen.map((card) => card.x)) - left + 1) * (WIDTH + GAP);
    }

    /** Set every card into its layer; a layer is as high as its highest card, and the room above it holds the words on the lines. */
    place(scale) {
      this.scale = scale;
      const seen = this.cards.filter((card) => card.isUsed);
      const left = Math.min(...seen.map((card) => card.x));
      const stair = this.stairs();
      const rows = [...new Set(seen.map((card) => card.layer))].sort((a, b) => a - b);
      this.rows = new Map();
      let top = 0;
      for (const layer of rows) {
        const cards = seen.filter((card) => card.layer === layer);
        if (top) top += ROOM + CHIP * Math.max(1, ...cards.map((card) => stair.get(card) ?? 1));
        const height = Math.max(...cards.map((card) => card.element.offsetHeight));
        this.rows.set(layer, { top, bottom: top + height });
        cards.forEach((card) => {
          Object.assign(card, { left: (card.x - left) * (WIDTH + GAP), top, bottom: top + card.element.offsetHeight });
          Object.assign(card.element.style, { left: `${card.left}px`, top: `${top}px` });
        });
        top += height;
      }
      this.left = left;
      const size = { width: this.width, height: top + 4 };
      Object.assign(this.inner.style, { width: `${size.width}px`, height: `${size.height}px`, transform: `scale(${scale})` });
      Object.assign(this.frame.style, { width: `${size.width * scale}px`, height: `${size.height * scale}px` });
      this.drawing.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
      this.drawLines();
    }

    /** How many words stand one above another over a card: all in one row where there is room, else each in its own. */
    stairs() {
      const found = new Map();
      this.cards.forEach((card, at) => {
        const chips = this.lines.filter((line) => line.isDrawn && line.below === at && line.chip).map((line) => line.chip.offsetWidth);
        const isRow = chips.reduce((sum, width) => sum + width + 4, 0) <= WIDTH + GAP;
        if (chips.length) found.set(card, isRow ? 1 : chips.length);
      });
      return found;
    }

    drawLines() {
      const drawn = this.lines.filter((line) => line.isDrawn);
      const stair = this.stairs();
      const toward = (line) => this.points(line)[1]?.[0] ?? this.cards[line.above].left;
      const from = (line) => this.points(line).at(-2)?.[0] ?? this.cards[line.below].left;
      this.cards.forEach((card, at) => {
        const up = drawn.filter((line) => line.below === at).sort((a, b) => toward(a) - toward(b));
        up.forEach((line, place) => Object.assign(line, { start: card.left + (WIDTH * (place + 0.5)) / up.length, place, stair: stair.get(card) ?? 1 }));
        const down = drawn.filter((line) => line.above === at).sort((a, b) => from(a) - from(b));
        down.forEach((line, place) => (line.end = card.left + WIDTH / 2 + Math.min(22, (WIDTH - 40) / down.length) * (place - (down.length - 1) / 2)));
      });
      drawn.forEach((line) => this.drawLine(line));
    }

    /** The way of a line: its lower card, the bends in the layers between, its upper card, as the middle of each. */
    points({ below, above, bends }) {
      const middle = ({ left }) => [left + WIDTH / 2];
      const inside = [...bends].reverse().map(([x]) => [(x - this.left) * (WIDTH + GAP) + WIDTH / 2]);
      return [middle(this.cards[below]), ...inside, middle(this.cards[above])];
    }

    drawLine(line) {
      const [below, above] = [this.cards[line.below], this.cards[line.above]];
      const isUp = above.layer < below.layer;
      const begin = [line.start, isUp ? below.top : below.bottom];
      const goal = [line.end, isUp ? above.bottom + 7 : above.top - 7];
      const room = isUp ? -(10 + CHIP * line.stair) : 10 + CHIP * line.stair;
      const stops = [begin, [line.start, begin[1] + room]];
      const between = [...line.bends].reverse().map(([x, layer]) => [(x - this.left) * (WIDTH + GAP) + WIDTH / 2, this.rows.get(layer)]);
      between.filter(([, row]) => row).forEach(([x, row]) => stops.push(...(isUp ? [[x, row.bottom], [x, row.top - 8]] : [[x, row.top], [x, row.bottom + 8]])));
      const path = smooth([...stops, goal]);
      const tip = isUp ? -1 : 1;
      line.path.replaceChildren(...strokes(line.role, path, goal, tip));
      if (!line.chip) return;
      const step = line.stair > 1 ? line.place : 0;
      const y = begin[1] + (isUp ? -1 : 1) * (5 + CHIP / 2 + CHIP * step);
      const half = line.chip.offsetWidth / 2;
      const x = line.stair > 1 ? line.start : this.beside(line);
      Object.assign(line.chip.style, { left: `${Math.round(x - half)}px`, top: `${Math.round(y - line.chip.offsetHeight / 2)}px` });
    }

    /** Where a word stands in its row: on its line, moved as far as its neighbours need. */
    beside(line) {
      const row = this.lines.filter((other) => other.isDrawn && other.chip && other.below === line.below).sort((a, b) => a.place - b.place);
      const total = row.reduce((sum, other) => sum + other.chip.offsetWidth + 4, -4);
      if (row.length === 1) return line.start;
      let x = this.cards[line.below].left + WIDTH / 2 - total / 2;
      for (const other of row) {
        if (other === line) return x + other.chip.offsetWidth / 2;
        x += other.chip.offsetWidth + 4;
      }
      return line.start;
    }
  }

  /** A path that leaves and enters every point upright. */
  function smooth(points) {
    const parts = [`M${points[0].map(Math.round).join(" ")}`];
    points.slice(1).forEach(([x, y], at) => {
      const [fromX, fromY] = points[at];
      if (Math.abs(fromX - x) < 1) return parts.push(`L${Math.round(x)} ${Math.round(y)}`);
      const half = Math.round((fromY + y) / 2);
      return parts.push(`C${Math.round(fromX)} ${half} ${Math.round(x)} ${half} ${Math.round(x)} ${Math.round(y)}`);
    });
    return parts.join("");
  }

  /** A role as its line: what supports is whole and ends in an arrow, what undercuts is dashed and ends in a bar, a question is dotted, a cause doubled. */
  function strokes(role, path, [x, y], tip) {
    const at = (dx, dy) => `${Math.round(x + dx)} ${Math.round(y - dy * tip)}`;
    const arrow = s("path", { class: "tip", d: `M${at(-5, 1)}L${at(0, -7)}L${at(5, 1)}Z` });
    const bar = s("path", { class: "bar", d: `M${at(-7, -4)}L${at(7, -4)}` });
    const body = s("path", { class: "body", d: path });
    if (role === "against") return [body, bar];
    if (role === "cause") return [body, s("path", { class: "core", d: path }), arrow];
    if (role === "about") return [body];
    return [body, arrow];
  }

  return { View };
})();
