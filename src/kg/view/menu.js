/* What leaves the page: files of the claims shown, pictures, the print sheet, links and citations. */
const Menu = (() => {
  "use strict";
  const { h, words, say } = Elements;

  /** Name, ending, media type, and how it is made of what is shown. */
  const FILES = [
    ["PNG picture", "png", "image/png", async (now) => Picture.toPng(svgOf(now))],
    ["SVG picture", "svg", "image/svg+xml", (now) => svgOf(now)],
    ["CSV table", "csv", "text/csv", ({ model, shown }) => Exports.toCsv(model, shown.claims)],
    ["Turtle", "ttl", "text/turtle", ({ model, shown }) => Exports.toTurtle(model, shown.claims)],
    ["JSON-LD", "jsonld", "application/ld+json", ({ model, shown }) => Exports.toJsonLd(model, shown.claims)],
    ["GEXF network", "gexf", "application/gexf+xml", ({ model, map, shown }) => Exports.toGexf(model, shown.claims, map.drawing.nodes)],
  ];

  function svgOf({ map, title, note }) {
    return map.onPaper(() => Picture.toSvg(map, { title, note }));
  }

  /** What the picture and the sheet say below: how many claims, which filters, which text. */
  function noteOf({ model, shown, chips }) {
    const sources = model.sources.map(({ title, label, identifier }) => `${title ?? label} (${identifier})`);
    const filters = chips.length ? ` Filters: ${chips.join("; ")}.` : "";
    return `${shown.claims.length} of ${model.claims.length} claims.${filters} ${sources.length ? `Text: ${sources.join("; ")}.` : ""}`.trim();
  }

  /** Hand a file over, as a download. */
  async function save(name, type, content) {
    const made = await content;
    const blob = made instanceof Blob ? made : new Blob([made], { type: `${type};charset=utf-8` });
    const url = URL.createObjectURL(blob);
    h("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    say(`${name} was handed to the browser`);
  }

  function fileName(title, ending) {
    const plain = title.normalize("NFKD").replace(/[^A-Za-z0-9]+/g, "-").replace(/^-+|-+$/g, "").toLowerCase().slice(0, 60);
    return `${plain || "claims"}.${ending}`;
  }

  /** Put text where it can be pasted from; also where a page from a file may not use the clipboard. */
  async function copy(text, told) {
    const isDone = await (navigator.clipboard?.writeText(text).then(() => true, () => false) ?? false);
    if (!isDone) copyByHand(text);
    say(told);
  }

  function copyByHand(text) {
    const before = document.activeElement;
    const field = document.body.appendChild(h("textarea", { class: "unseen", "aria-hidden": "true", tabindex: "-1" }));
    field.value = text;
    field.select();
    document.execCommand("copy");
    field.remove();
    before?.focus({ preventScroll: true });
  }

  /** The button in the header and what it opens; `now` tells what is shown. */
  class View {
    constructor(element, now) {
      this.now = () => ({ ...now(), note: noteOf(now()) });
      this.button = h("button", { type: "button", id: "export-button", "aria-expanded": "false", "aria-controls": "export-list", onclick: () => this.open(this.list.hidden) }, "Export");
      this.list = h("div", { id: "export-list", role: "group", "aria-label": "Export the claims shown", hidden: true }, h("p", { class: "export-what" }), ...this.items());
      this.element = h("div", { class: "export" }, this.button, this.list);
      element.append(this.element);
      this.element.addEventListener("keydown", (event) => this.key(event));
      document.addEventListener("click", (event) => !this.element.contains(event.target) && this.open(false));
      window.addEventListener("beforeprint", () => this.sheet());
    }

    items() {
      const files = FILES.map(([name, ending, type, make]) => this.item(name, `.${ending}`, () => {
        const now = this.now();
        return save(fileName(now.title, ending), type, make(now));
      }));
      return [...files, this.item("Print", "sheet", () => window.print())];
    }

    item(name, ending, act) {
      return h("button", { type: "button", class: "export-item", onclick: () => (this.open(false), this.button.focus(), act()) }, name, h("span", { class: "count" }, ending));
    }

    open(isOpen) {
      if (isOpen === !this.list.hidden) return;
      this.list.hidden = !isOpen;
      this.button.setAttribute("aria-expanded", String(isOpen));
      if (!isOpen) return;
      this.list.firstChild.textContent = this.now().note;
      this.list.querySelector("button").focus();
    }

    key(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const items = [...this.list.querySelectorAll("button")];
      if (event.key === "Escape" && !this.list.hidden) (this.open(false), this.button.focus());
      else if (step && !this.list.hidden) items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    }

    /** The sheet that is printed in the place of the page: the map, then the claims shown, numbered, each with its passages. */
    sheet() {
      const now = this.now();
      const { model, shown, title, note } = now;
      const records = new Exports.Records(model);
      const picture = h("img", { alt: `Map: ${title}. The claims below say the same.`, src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgOf(now))}` });
      const claims = shown.claims.map((number) => sheetClaim(model, records, number));
      const sheet = h("section", { id: "sheet", "aria-label": "Print sheet" }, h("h1", {}, words(title)), h("p", { class: "note-line" }, words(note)), h("div", { class: "sheet-map" }, picture), h("ol", {}, ...claims));
      document.getElementById("sheet")?.remove();
      document.body.append(sheet);
    }
  }

  function sheetClaim(model, records, number) {
    const claim = model.claims[number];
    const name = (node) => words(model.nodes[node].label, { lang: model.nodes[node].language });
    const value = (word) => word && model.word(word).label;
    const told = [claim.figure, claim.when && Dates.inWords(claim.when), value(claim.polarity), claim.certainty === "unspecified" && !model.words.unspecified ? "certainty unspecified" : value(claim.certainty), value(claim.modality), value(claim.kind), claim.status !== "accepted" && value(claim.status)].filter(Boolean);
    const quotes = (claim.evidence ?? []).filter(({ parts }) => parts).map(({ parts }) => h("blockquote", { dir: "auto" }, ...parts.map(([text, isMarked]) => (isMarked ? h("mark", {}, text) : text))));
    return h(
      "li",
      {},
      h("p", { class: "sentence" }, words(claim.label, { lang: claim.language })),
      h("p", { class: "says" }, name(claim.claimant), claim.reporter === undefined ? "" : [", reported by ", name(claim.reporter)], ": ", told.join(", ")),
      (claim.notes ?? []).map((note) => h("p", { class: "note" }, words(note))),
      quotes,
      h("p", { class: "place" }, words([claim.id, ...Exports.places(records, number)].join("; "))),
    );
  }

  return { View, copy };
})();
