/* The text with every passage marked: from the words to the claims and back. */
const Article = (() => {
  "use strict";
  const { h, words } = Elements;

  class View {
    constructor(element, model, { onSelect }) {
      Object.assign(this, { element, model, onSelect });
      this.note = h("p", { class: "view-note" });
      element.addEventListener("click", ({ target }) => String(getSelection()) || this.choose(target.closest(".piece")));
      element.addEventListener("keydown", (event) => this.key(event));
      new ResizeObserver(() => this.number()).observe(element);
    }

    /** The text, made once: its pieces know their passages, its sentences their numbers. */
    build() {
      this.pieces = [];
      this.sentences = [];
      const { texts } = this.model.article;
      const made = texts.map((text) => this.text(text, texts.length > 1));
      this.element.replaceChildren(this.note, ...made);
      const without = this.sentences.filter(({ none }) => none !== undefined);
      const jump = ({ element, number }, at) => [at ? ", " : "", h("button", { type: "button", class: "name", onclick: () => this.goTo(element) }, String(number))];
      const said = without.length ? [`${without.length} of ${this.sentences.length} sentences ${without.length === 1 ? "carries" : "carry"} no claim: `, ...without.flatMap(jump), "."] : [`Each of the ${this.sentences.length} sentences carries a claim; headings carry none.`];
      this.whole = said;
    }

    text({ label, language, blocks }, isNamed) {
      const made = blocks.map((block) => (block.heading ? h("h3", { class: "heading" }, ...this.cut(block.heading)) : this.paragraph(block)));
      return h("article", { lang: language || null, dir: "auto" }, isNamed && h("h2", {}, words(label)), ...made);
    }

    paragraph({ paragraph, sentences }) {
      const margin = h("span", { class: "margin", "aria-hidden": "true" });
      const made = sentences.map((sentence) => this.sentence(sentence, paragraph));
      const element = h("p", { class: "paragraph" }, h("span", { class: "pilcrow" }, h("span", { class: "unseen" }, "Paragraph "), String(paragraph)), margin, ...made);
      made.forEach((each, at) => this.sentences.push({ element: each, margin, ...sentences[at] }));
      return element;
    }

    sentence({ number, none, pieces }, paragraph) {
      const place = none === undefined ? null : `Paragraph ${paragraph}, sentence ${number}: no claim`;
      const reason = none !== undefined && h("span", { class: "no-claim" }, words(none ? `no claim: ${none}` : "no claim"), " ");
      return h("span", { class: `said${none === undefined ? "" : " without"}`, "data-sentence": number, title: place }, h("span", { class: "unseen" }, `Sentence ${number}: `), ...this.cut(pieces), reason);
    }

    cut(pieces) {
      return pieces.map(([text, passages]) => {
        if (!passages.length) return text;
        const element = h("mark", { class: "piece", role: "button", tabindex: -1, "data-passages": passages.map((at) => this.model.article.passages[at].id).join(" ") }, text);
        this.pieces.push({ element, passages });
        return element;
      });
    }

    show(shown, state) {
      if (!this.pieces) this.build();
      const { passages } = this.model.article;
      const isSeen = passages.map(({ claims }) => claims.some((claim) => shown.isShown.has(claim)));
      const chosen = new Set(this.model.selected(state.selection).filter((claim) => shown.isShown.has(claim) || state.selection.claim === claim));
      const isLit = state.selection?.passages ? passages.map((_, at) => state.selection.passages.includes(at)) : passages.map(({ claims }) => claims.some((claim) => chosen.has(claim)));
      for (const piece of this.pieces) {
        piece.seen = piece.passages.filter((at) => isSeen[at] || isLit[at]);
        const lit = piece.passages.some((at) => isLit[at]);
        piece.element.dataset.depth = Math.min(3, piece.seen.length);
        piece.element.classList.toggle("lit", lit);
        piece.element.classList.toggle("plain", !piece.seen.length);
        piece.element.setAttribute("role", piece.seen.length ? "button" : "presentation");
        if (piece.seen.length) piece.element.setAttribute("aria-pressed", String(lit));
        else piece.element.removeAttribute("aria-pressed");
      }
      this.rove(this.pieces.find(({ element }) => element === document.activeElement) ?? this.pieces.find(({ element }) => element.classList.contains("lit")));
      this.number();
      this.note.replaceChildren(...this.inWords(state), " Choose a marked passage to see its claims.");
      if (state.selection && state.selection !== this.lastSelection) this.reveal();
      this.lastSelection = state.selection;
    }

    /** How many sentences carry a claim; where filters or the page leave some of them out, how many carry one that is left, and where. */
    inWords(state) {
      const carrying = this.sentences.filter(({ element }) => element.querySelector(".piece:not(.plain)"));
      if (carrying.length >= this.sentences.filter(({ none }) => none === undefined).length) return this.whole;
      const { worlds, nodes } = this.model;
      const which = this.model.isNarrowed(state) ? "that passes the filters" : worlds ? `of ${worlds.claimants.map((node) => nodes[node].label).join(" or ")}` : "of this page";
      const [first] = carrying;
      const jump = first ? [" ", h("button", { type: "button", class: "name", onclick: () => this.goTo(first.element) }, "Go to the first"), "."] : [];
      return [`${carrying.length} of ${this.sentences.length} sentences ${carrying.length === 1 ? "carries" : "carry"} a claim ${which}.`, ...jump];
    }

    /** The numbers of sentences stand in the margin, those that begin in one line side by side. */
    number() {
      if (!this.sentences || !this.element.clientWidth) return;
      const lines = new Map();
      for (const { element, margin, number } of this.sentences) {
        const top = Math.round(element.getClientRects()[0]?.top ?? element.getBoundingClientRect().top) - Math.round(margin.parentElement.getBoundingClientRect().top);
        const row = lines.get(margin)?.find((line) => Math.abs(line.top - top) < 9);
        if (row) row.numbers.push(number);
        else lines.set(margin, [...(lines.get(margin) ?? []), { top, numbers: [number] }]);
      }
      for (const [margin, rows] of lines) margin.replaceChildren(...rows.map(({ top, numbers }) => this.mark(top, numbers)));
    }

    mark(top, numbers) {
      const made = h("span", {}, numbers.join(" "));
      made.style.top = `${top}px`;
      return made;
    }

    choose(element) {
      const piece = this.pieces?.find((each) => each.element === element);
      if (!piece?.seen.length) return;
      this.rove(piece);
      this.onSelect({ passages: piece.seen });
    }

    /** One passage is reached by Tab, the others from it by the arrow keys. */
    rove(piece) {
      const next = piece?.seen.length ? piece : this.pieces.find(({ seen }) => seen.length);
      this.pieces.forEach(({ element }) => (element.tabIndex = element === next?.element ? 0 : -1));
      return next;
    }

    key(event) {
      const here = this.pieces?.findIndex(({ element }) => element === event.target) ?? -1;
      if (here < 0) return;
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === "Enter" || event.key === " ") this.choose(event.target);
      else if (step) {
        let at = here + step;
        while (this.pieces[at] && !this.pieces[at].seen.length) at += step;
        if (this.pieces[at]) this.rove(this.pieces[at])?.element.focus();
      } else return;
      event.preventDefault();
    }

    reveal() {
      const lit = this.pieces.filter(({ element }) => element.classList.contains("lit"));
      const frame = this.element.getBoundingClientRect();
      const isInside = ({ element }) => {
        const { top, bottom } = element.getBoundingClientRect();
        return top >= frame.top && bottom <= Math.min(frame.bottom, innerHeight);
      };
      if (lit.length && !lit.some(isInside)) this.goTo(lit[0].element);
    }

    goTo(element) {
      element.scrollIntoView({ block: "center", behavior: Elements.isStill() ? "auto" : "smooth" });
    }
  }

  return { View };
})();
