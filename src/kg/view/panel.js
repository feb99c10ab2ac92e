/* The panel beside the map: the claims of what is selected, each with its evidence. */
const Panel = (() => {
  "use strict";
  const { h, words, link, shape } = Elements;
  const LISTED = 8;

  class View {
    constructor(element, model, { onSelect }) {
      this.element = element;
      this.model = model;
      this.onSelect = onSelect;
    }

    show(shown, selection) {
      const content = !selection ? this.overview(shown) : selection.claim !== undefined ? this.oneClaim(selection.claim, shown) : this.things(selection, shown);
      this.element.replaceChildren(...content.filter(Boolean));
      this.element.scrollTop = 0;
    }

    /* What is there, when nothing is selected. */

    overview(shown) {
      const { model } = this;
      const claims = shown.claims.map((number) => model.claims[number]);
      const about = this.ranked(shown.claims, (claim) => new Set([claim.subject, claim.object])).filter(([node]) => this.isThing(node));
      const saying = this.ranked(shown.claims, (claim) => [claim.claimant]);
      const contested = shown.claims.filter((number) => model.claims[number].contested);
      return [
        h("p", { class: "lead" }, claims.length ? "Choose a name or a line on the map, or begin here." : "No claim passes the filters."),
        this.list("Most spoken of", about),
        this.list("Speaking", saying),
        contested.length > 0 && h("section", {}, this.heading("In dispute", contested.length), ...this.disputes(contested)),
      ];
    }

    disputes(contested) {
      const { model } = this;
      const pairs = contested.flatMap((number) => model.claims[number].contested.filter(([other]) => number < other || !contested.includes(other)).map(([other]) => [number, other]));
      return pairs.slice(0, LISTED).map(([one, other]) => h("div", { class: "dispute" }, this.claimButton(one), h("span", { class: "versus", "aria-label": "against" }, "≠"), this.claimButton(other)));
    }

    isThing(node) {
      return this.model.nodes[node].claim === undefined && !this.model.nodes[node].literal;
    }

    ranked(claims, nodesOf) {
      const counts = new Map();
      claims.forEach((number) => [...nodesOf(this.model.claims[number])].forEach((node) => counts.set(node, (counts.get(node) ?? 0) + 1)));
      return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    }

    list(title, ranked) {
      if (!ranked.length) return null;
      const items = ([node, count]) => h("li", {}, this.nodeButton(node), h("span", { class: "count" }, String(count)));
      const rest = ranked.slice(LISTED);
      const more = rest.length > 0 && h("details", { class: "more" }, h("summary", {}, `${rest.length} more`), h("ul", { class: "ranked" }, ...rest.map(items)));
      return h("section", {}, this.heading(title), h("ul", { class: "ranked" }, ...ranked.slice(0, LISTED).map(items)), more);
    }

    heading(text, count) {
      return h("h3", {}, text, count === undefined ? null : h("span", { class: "count" }, String(count)));
    }

    /* An entity, or the line between two. */

    things({ nodes, passages }, shown) {
      if (passages) return this.passages(passages, shown);
      return nodes.length === 1 ? this.thing(nodes[0], shown) : this.line(nodes, shown);
    }

    thing(number, shown) {
      const { model } = this;
      const node = model.nodes[number];
      const kind = model.kindByName.get(node.kind);
      const others = (node.names ?? []).filter((name) => name !== node.label);
      return [
        this.closing(),
        h("p", { class: "kind" }, shape(kind), words(node.kind)),
        h("h2", {}, words(node.label, { lang: node.language })),
        node.definition && h("p", { class: "definition" }, words(node.definition)),
        others.length > 0 && h("p", { class: "names" }, "also ", ...others.flatMap((name, at) => [at ? ", " : "", words(name)])),
        node.iri && h("p", { class: "iri" }, link(node.iri, node.id)),
        ...this.claims("Claims about", model.about[number], shown),
        ...this.claims("Claims made", model.saidBy[number].filter((claim) => model.claims[claim].claimant === number), shown),
        ...this.claims("Claims passed on", model.saidBy[number].filter((claim) => model.claims[claim].reporter === number), shown, true),
      ];
    }

    passages(passages, shown) {
      const title = passages.length === 1 ? "A passage" : `${passages.length} passages that lie over each other`;
      return [this.closing(), h("p", { class: "kind" }, title), ...this.claims("Claims", this.model.claimsOf(passages), shown)];
    }

    line(nodes, shown) {
      const names = nodes.flatMap((node, at) => [at ? h("span", { class: "between" }, "and") : null, this.nodeButton(node)]);
      return [this.closing(), h("p", { class: "kind" }, "Between"), h("h2", { class: "line-title" }, ...names), ...this.claims("Claims", this.model.selected({ nodes }), shown)];
    }

    oneClaim(number, shown) {
      const { model } = this;
      const { subject, object } = model.claims[number];
      const others = model.selected({ nodes: subject === object ? [subject] : [subject, object] }).filter((other) => other !== number);
      return [
        this.closing(),
        h("p", { class: "kind" }, "Claim"),
        !shown.isShown.has(number) && h("p", { class: "hidden-note" }, "The filters hide this claim on the map and in the table."),
        this.card(number),
        ...(others.length ? this.claims("Between the same two", others, shown, true) : []),
      ];
    }

    closing() {
      return h("button", { type: "button", class: "close", "aria-label": "Close and show the overview", onclick: () => this.onSelect(null) }, "✕");
    }

    /** A section of claims; folded where it is not what one came for. What filters hide is said, not left out in silence. */
    claims(title, numbers, shown, isFolded = false) {
      if (!numbers.length) return [];
      const seen = numbers.filter((number) => shown.isShown.has(number));
      const hidden = numbers.length - seen.length;
      const note = hidden > 0 && h("p", { class: "hidden-note" }, `${hidden} more hidden by the filters.`);
      const cards = seen.map((number) => this.card(number));
      if (isFolded) return [h("details", { class: "folded" }, h("summary", {}, title, h("span", { class: "count" }, String(seen.length))), ...cards, note)];
      return [h("section", {}, this.heading(title, seen.length), ...cards, note)];
    }

    /* One claim. */

    card(number) {
      const { model } = this;
      const claim = model.claims[number];
      return h(
        "article",
        { class: `card ${claim.polarity}`, "data-claim": claim.id },
        h("p", { class: "sentence" }, words(claim.label)),
        h("p", { class: "says" }, this.nodeButton(claim.claimant), " says so", claim.reporter === undefined ? null : [", reported by ", this.nodeButton(claim.reporter)]),
        this.reading(claim),
        this.tags(claim),
        (claim.notes ?? []).map((note) => h("p", { class: "note" }, words(note))),
        (claim.evidence ?? []).map((evidence) => this.evidence(evidence)),
        this.relatives(number),
        h("p", { class: "id" }, this.permalink(claim)),
      );
    }

    permalink(claim) {
      const address = new URLSearchParams([["at", claim.id]]);
      return h("a", { href: `#${address}`, title: "Link to this claim" }, words(claim.id));
    }

    /** The triple of a claim, with what its claimant makes of it in front. */
    reading(claim) {
      const relation = this.model.relations[claim.relation];
      const arrow = h("span", { class: "relation" }, words(relation.label));
      return h("p", { class: "triple" }, claim.polarity === "denied" && h("span", { class: "not" }, "not "), this.nodeButton(claim.subject), " ", arrow, " ", this.nodeButton(claim.object));
    }

    tags(claim) {
        const tag = (text, kind) => text && h("li", { class: kind }, words(text));
      const list = [
        tag(claim.figure, "figure"),
        tag(claim.when && Dates.inWords(claim.when), "when"),
        tag(claim.polarity, `polarity-${claim.polarity}`),
        tag(claim.certainty === "unspecified" ? "certainty unspecified" : claim.certainty, `certainty-${claim.certainty}`),
        tag(claim.modality, "modality"),
        tag(claim.kind, "sort"),
      ];
      return h("ul", { class: "tags" }, ...list.filter(Boolean));
    }

    /** Where the text says it: the places in one sentence, and with the text the sentence with these places marked. */
    evidence({ places, parts }) {
      const { model } = this;
      const spots = places.map((number) => model.passages[number]);
      const { paragraph, sentence, source } = spots[0];
      const offsets = spots.map(({ start, end }) => `${start}–${end}`).join(", ");
      const origin = source !== undefined && model.sources.length > 1 ? `${model.sources[source].label}: ` : "";
      const quote = parts && h("blockquote", { dir: "auto" }, ...parts.map(([text, isMarked]) => (isMarked ? h("mark", {}, text) : text)));
      const place = `${origin}Paragraph ${paragraph}, sentence ${sentence}, characters ${offsets}`;
      return h("div", { class: "passage" }, quote, h("p", { class: "place" }, words(place)));
    }

    /** Claims about this one, and those it disagrees with or comes from. */
    relatives(number) {
      const { model } = this;
      const claim = model.claims[number];
      const rows = [];
      for (const { by, relation, isSubject, end } of model.spokenOf(number)) {
        const isNot = model.claims[by].polarity === "denied" ? "not: " : "";
        rows.push([isNot + (isSubject ? relation.label : relation.inverse || relation.label), this.endButton(end), by]);
      }
      (claim.contested ?? []).forEach(([other, how]) => rows.push([how, this.claimButton(other)]));
      (claim.origins ?? []).forEach((other) => rows.push(["derived from", this.claimButton(other)]));
      if (!rows.length) return null;
      return h("dl", { class: "relatives" }, ...rows.map(([how, what, by]) => [h("dt", {}, by === undefined ? how : this.plainButton(how, { claim: by })), h("dd", {}, what)]));
    }

    endButton(node) {
      const { claim } = this.model.nodes[node];
      return claim === undefined ? this.nodeButton(node) : this.claimButton(claim);
    }

    plainButton(text, selection) {
      return h("button", { type: "button", class: "name", onclick: () => this.onSelect(selection) }, words(text));
    }

    claimButton(number) {
      return this.plainButton(this.model.claims[number].label, { claim: number });
    }

    nodeButton(number) {
      const node = this.model.nodes[number];
      return this.plainButton(node.label, node.claim === undefined ? { nodes: [number] } : { claim: node.claim });
    }
  }

  return { View };
})();
