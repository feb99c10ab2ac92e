/* The panel beside the map: the claims of what is selected, each with its evidence. */
const Panel = (() => {
  "use strict";
  const { h, words, link, shape, split, inFigures } = Elements;
  const LISTED = 8;
  const LEADS = {
    map: "Choose a name or a line on the map",
    article: "Choose a marked passage of the text",
    argument: "Choose a claim or a step between two claims",
    timeline: "Choose a claim beside the axis",
    table: "Choose a claim in the table",
  };
  const CARDS = 60;
  const RANKED = 300;

  class View {
    constructor(element, model, { onSelect, onChange }) {
      this.element = element;
      this.model = model;
      this.onSelect = onSelect;
      this.onChange = onChange;
    }

    show(shown, selection, state) {
      this.state = state;
      const content = !selection ? this.overview(shown) : selection.claim !== undefined ? this.oneClaim(selection.claim, shown) : this.things(selection, shown);
      // Before there is something new to be laid out, which it would be at once.
      this.element.scrollTop = 0;
      this.element.replaceChildren(...content.filter(Boolean));
    }

    /* What is there, when nothing is selected. */

    overview(shown) {
      const about = this.mostSpokenOf(shown.claims);
      const isNarrowed = this.model.isNarrowed(this.state);
      const isInWorld = this.state.off.get("claimant")?.size > 0;
      return [
        h("p", { class: "lead" }, this.lead(shown, isNarrowed)),
        ...Worlds.summary(this.model, shown, { claimButton: (claim) => this.claimButton(claim), nodeButton: (node) => this.nodeButton(node), heading: (...words) => this.heading(...words) }),
        this.ways(shown),
        isInWorld && this.worlds(shown),
        isNarrowed && Findings.found(this, shown),
        this.list("Most spoken of", about),
        !isInWorld && this.worlds(shown),
        Findings.agreements(this, shown),
        Findings.disputes(this, shown),
        Findings.silences(this),
      ];
    }

    /** The first words: what to do in the view that is open, or what is found. */
    lead(shown, isNarrowed) {
      const { length } = shown.claims;
      const query = this.state.query.trim();
      const rest = this.model.isNarrowed({ ...this.state, query: "" });
      const what = [query && `${length === 1 ? "matches" : "match"} “${query}”`, rest && `${length === 1 ? "passes" : "pass"} the filters`].filter(Boolean).join(" and ");
      if (!length) return query ? `No claim matches “${query}”${rest ? " and passes the filters" : ""}.` : "No claim passes the filters.";
      if (isNarrowed) return `${length} ${length === 1 ? "claim" : "claims"} ${what}.`;
      return `${this.state.view === "map" && this.model.overview ? "Choose a group or a line on the map" : LEADS[this.state.view]}, or begin here.`;
    }

    /* Whose world: one click shows the claims of one claimant only. */

    worlds(shown) {
      const facet = this.model.facets.find(({ key }) => key === "claimant");
      if (!facet || facet.values.length < 2) return null;
      const off = this.state.off.get("claimant");
      const only = off && off.size === facet.values.length - 1 ? facet.values.findIndex((_, at) => !off.has(at)) : -1;
      const counts = shown.counts.get("claimant");
      const button = ({ label, language }, isOn, next, count) =>
        h("button", { type: "button", "aria-pressed": String(isOn), onclick: () => this.inWorld(next) }, words(label, { lang: language }), count === undefined ? null : h("span", { class: "count" }, inFigures(count)));
      const one = (at) => button(facet.values[at], at === only, at === only ? null : at, counts[at]);
      const order = [...facet.values.keys()].sort((a, b) => counts[b] - counts[a] || a - b).filter((at) => counts[at] || at === only);
      const [first, rest] = split(order, LISTED);
      const more = rest.length > 0 && Elements.later(h("details", { class: "more" }, h("summary", {}, `${rest.length} more`)), () => [h("div", {}, ...rest.map(one))]);
      return h("section", {}, this.heading("Whose world?"), h("div", { class: "worlds" }, button({ label: "Everybody’s" }, !off?.size, null), ...first.map(one), more));
    }

    /** Only the claims of the claimant with this place in the facet; null for everybody's. */
    inWorld(at) {
      const { values } = this.model.facets.find(({ key }) => key === "claimant");
      const off = new Map(this.state.off);
      off.delete("claimant");
      if (at !== null) off.set("claimant", new Set([...values.keys()].filter((other) => other !== at)));
      this.onChange({ off });
    }

    /* Ways from one name to another, with the claims on them. */

    ways(shown) {
      const { focus } = this.state ?? {};
      if (!focus?.path) return null;
      const { model } = this;
      const [from, to] = focus.path;
      const paths = shown.paths ?? [];
      const words = paths.length === 1 ? "One path" : `${shown.isCut ? "More than " : ""}${paths.length} paths`;
      const longer = h("button", { type: "button", class: "small-button", "aria-pressed": String(focus.longer), onclick: () => this.onChange({ focus: { ...focus, longer: !focus.longer } }) }, "longer ones too");
      const step = (path) => (node, at) => h("li", {}, at ? h("div", { class: "on-the-way" }, ...Focus.stepClaims(model, shown, path[at - 1], node).map((number) => h("p", {}, this.claimButton(number)))) : null, this.nodeButton(node));
      const lists = paths.map((path) => h("ol", { class: "steps" }, ...path.map(step(path))));
      const note = paths.length ? null : h("p", { class: "hidden-note" }, "No path of the claims that pass the filters joins the two.");
      return h("section", { id: "paths" }, this.heading(paths.length ? words : "Paths"), h("p", { class: "triple" }, this.nodeButton(from), " to ", this.nodeButton(to), " ", longer), note, ...Findings.folding(lists));
    }

    /** Ask for the other end of a path from what is selected. */
    askForPath() {
      const from = this.state.selection?.nodes?.[0];
      const bar = this.element.querySelector(".focus-bar");
      if (from === undefined || !bar) return;
      this.element.querySelector(".path-field")?.remove();
      const field = Search.nameField(this.model, `Path from ${this.model.nodes[from].label} to …`, (to) => to !== from && this.onChange({ focus: { path: [from, to], longer: false }, selection: null }));
      bar.after(h("div", { class: "path-field" }, field));
      field.querySelector("input").focus();
    }

    bar(nodes) {
      return Focus.bar(this.model, this.state, nodes, { onChange: this.onChange, onPathTo: () => this.askForPath() });
    }

    isThing(node) {
      return this.model.nodes[node].claim === undefined && !this.model.nodes[node].literal;
    }

    /** The names that claims are about, each with how many of them. */
    mostSpokenOf(claims) {
      const { subjects, objects } = this.model;
      const counts = new Uint32Array(this.model.nodes.length);
      for (const number of claims) {
        const [subject, object] = [subjects[number], objects[number]];
        counts[subject] += 1;
        if (object !== subject) counts[object] += 1;
      }
      const found = [...counts.keys()].filter((node) => counts[node] && this.isThing(node));
      return found.sort((a, b) => counts[b] - counts[a] || a - b).map((node) => [node, counts[node]]);
    }

    list(title, ranked) {
      if (!ranked.length) return null;
      const items = ([node, count]) => h("li", {}, this.nodeButton(node), h("span", { class: "count" }, inFigures(count)));
      const [first, rest] = split(ranked, LISTED);
      const more = rest.length > 0 && Elements.later(h("details", { class: "more" }, h("summary", {}, `${rest.length} more`)), () => this.rest(rest, items));
      return h("section", {}, this.heading(title), h("ul", { class: "ranked" }, ...first.map(items)), more);
    }

    /** What a list has beyond its beginning; of very much not all, and it says so. */
    rest(ranked, items) {
      const left = ranked.length - RANKED;
      const note = left > 0 && h("p", { class: "hidden-note" }, `${left} with fewer claims are found by the search.`);
      return [h("ul", { class: "ranked" }, ...ranked.slice(0, RANKED).map(items)), note].filter(Boolean);
    }

    heading(text, count) {
      return h("h3", {}, text, count === undefined ? null : h("span", { class: "count" }, inFigures(count)));
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
        node.iri && h("p", { class: "iri" }, link(node.iri, node.id), this.pageLink(model.pages?.nodes[number])),
        node.elsewhere && h("p", { class: "names elsewhere" }, "linked to: ", ...node.elsewhere.flatMap(([name, iri, how], at) => [at ? " · " : "", how ? `${how} ` : "", link(iri, name)])),
        this.bar([number]),
        this.allHidden([...model.about[number], ...model.saidBy[number]], shown),
        this.itsWorld(number),
        this.ways(shown),
        ...this.claims("Claims it makes", model.saidBy[number].filter((claim) => model.claims[claim].claimant === number), shown),
        ...this.claims("Claims about it", model.about[number], shown),
        ...this.claims("Claims it passes on", model.saidBy[number].filter((claim) => model.claims[claim].reporter === number), shown, true),
      ];
    }

    passages(passages, shown) {
      const title = passages.length === 1 ? "A passage" : `${passages.length} passages that lie over each other`;
      return [this.closing(), h("p", { class: "kind" }, title), ...this.claims("Claims", this.model.claimsOf(passages), shown)];
    }

    /** What to say where filters leave nothing of a selection. */
    allHidden(numbers, shown) {
      if (!numbers.length || numbers.some((number) => shown.isShown.has(number))) return null;
      return h("p", { class: "hidden-note" }, "The filters hide it: none of its claims passes them.");
    }

    itsWorld(node) {
      const facet = this.model.facets.find(({ key }) => key === "claimant");
      const at = facet ? facet.values.findIndex(({ id }) => id === this.model.nodes[node].id) : -1;
      if (at < 0 || facet.values.length < 2) return null;
      const off = this.state.off.get("claimant");
      const isOn = off?.size === facet.values.length - 1 && !off.has(at);
      return h("p", { class: "worlds" }, h("button", { type: "button", "aria-pressed": String(isOn), onclick: () => this.inWorld(isOn ? null : at) }, "Its world: only what it says"));
    }

    line(nodes, shown) {
      const names = nodes.flatMap((node, at) => [at ? h("span", { class: "between" }, "and") : null, this.nodeButton(node)]);
      return [this.closing(), h("p", { class: "kind" }, "Between"), h("h2", { class: "line-title" }, ...names), this.bar(nodes), this.allHidden(this.model.selected({ nodes }), shown), this.ways(shown), ...this.claims("Claims", this.model.selected({ nodes }), shown)];
    }

    oneClaim(number, shown) {
      const { model } = this;
      const { subject, object } = model.claims[number];
      const others = model.selected({ nodes: subject === object ? [subject] : [subject, object] }).filter((other) => other !== number);
      return [
        this.closing(),
        h("p", { class: "kind" }, "Claim"),
        !shown.isShown.has(number) && h("p", { class: "hidden-note" }, "The filters hide this claim in every view."),
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
      const seen = this.model.inOrder(numbers.filter((number) => shown.isShown.has(number)));
      const hidden = numbers.length - seen.length;
      const note = hidden > 0 && h("p", { class: "hidden-note" }, `${hidden} more hidden by the filters.`);
      const cards = this.cards(seen);
      if (isFolded) return [h("details", { class: "folded" }, h("summary", {}, title, h("span", { class: "count" }, inFigures(seen.length))), ...cards, note)];
      return [h("section", {}, this.heading(title, seen.length), ...cards, note)];
    }

    /** The cards of claims; of many the first, and the next when asked for. */
    cards(numbers) {
      const rest = numbers.slice(CARDS);
      const more = () => button.replaceWith(...this.cards(rest));
      const button = rest.length > 0 && h("button", { type: "button", class: "more-cards name", onclick: more }, `Show ${Math.min(rest.length, CARDS)} of ${rest.length} more`);
      return [...numbers.slice(0, CARDS).map((number) => this.card(number)), button].filter(Boolean);
    }

    /* One claim. */

    card(number) {
      const { model } = this;
      const claim = model.claims[number];
      return h(
        "article",
        { class: `card ${claim.polarity}`, "data-claim": claim.id },
        h("p", { class: "sentence" }, words(claim.label, { lang: claim.language })),
        h("p", { class: "says" }, this.nodeButton(claim.claimant), " says so", claim.reporter === undefined ? null : [", reported by ", this.nodeButton(claim.reporter)]),
        this.reading(claim),
        this.tags(claim),
        (claim.notes ?? []).map((note) => h("p", { class: "note" }, words(note))),
        (claim.evidence ?? []).map((evidence) => this.evidence(evidence)),
        this.relatives(number),
        h("div", { class: "hand-on" }, h("p", { class: "id" }, this.permalink(claim), this.pageLink(model.pages?.claims[number])), this.copyButton("Copy citation", () => Exports.citation(model, number), "The citation is copied")),
      );
    }

    permalink(claim) {
      const address = new URLSearchParams([["at", claim.id]]);
      return h("a", { href: `#${address}`, title: "Link to this claim" }, words(claim.id));
    }

    /** The way to the page of its own that something has on a site. */
    pageLink(address) {
      return address ? [" · ", h("a", { href: address, target: "_top" }, "its page")] : null;
    }

    copyButton(title, text, told) {
      return h("button", { type: "button", onclick: () => Menu.copy(text(), told) }, title);
    }

    /** The triple of a claim, with what its claimant makes of it in front. */
    reading(claim) {
      const relation = this.model.relations[claim.relation];
      const arrow = h("span", { class: "relation" }, words(relation.label, { lang: relation.language }));
      return h("p", { class: "triple" }, claim.polarity === "denied" && h("span", { class: "not" }, "denied: "), this.nodeButton(claim.subject), " ", arrow, " ", this.nodeButton(claim.object));
    }

    tags(claim) {
      const tag = (text, kind, language) => text && h("li", { class: kind }, words(text, { lang: language }));
      const value = (name, kind) => {
        const { label, language } = this.model.word(name);
        return tag(name === "unspecified" && !language ? "certainty unspecified" : label, kind, language);
      };
      const list = [
        tag(claim.figure, "figure"),
        tag(claim.when && Dates.inWords(claim.when), "when"),
        value(claim.polarity, `polarity-${claim.polarity}`),
        value(claim.certainty, `certainty-${claim.certainty}`),
        claim.modality && value(claim.modality, "modality"),
        value(claim.kind, "sort"),
        claim.status !== "accepted" && value(claim.status, "status"),
      ];
      return h("ul", { class: "tags" }, ...list.filter(Boolean));
    }

    /** Where the text says it: the places in one sentence, and with the text the sentence with these places marked. */
    evidence(evidence) {
      return h("div", { class: "passage" }, ...this.quoted(evidence));
    }

    quoted({ places, parts }) {
      const { model } = this;
      const spots = places.map((number) => model.passages[number]);
      const { paragraph, sentence, source } = spots[0];
      const offsets = spots.map(({ start, end }) => `${start}–${end}`).join(", ");
      const origin = source !== undefined && model.sources.length > 1 ? `${model.sources[source].label}: ` : "";
      const quote = parts && h("blockquote", { dir: "auto" }, ...parts.map(([text, isMarked]) => (isMarked ? h("mark", {}, text) : text)));
      return [quote, h("p", { class: "place" }, words(`${origin}Paragraph ${paragraph}, sentence ${sentence}, characters ${offsets}`))].filter(Boolean);
    }

    /** Claims about this one, and those it disagrees with or comes from. */
    relatives(number) {
      const { model } = this;
      const claim = model.claims[number];
      const rows = [];
      for (const { by, relation, isSubject, end } of model.spokenOf(number)) {
        const isNot = model.claims[by].polarity === "denied" ? "denied: " : "";
        rows.push([isNot + (isSubject ? relation.label : relation.inverse || relation.label), this.end(end), by, model.nodes[end].claim]);
      }
      for (const [other, how] of claim.contested ?? []) {
        const same = rows.find((row) => row[3] === other);
        const words = same ? `${same[0]}, ${how}` : how;
        const row = [words, [this.claimButton(other), ...Findings.behind(this, other)], same?.[2], other];
        if (same) rows.splice(rows.indexOf(same), 1, row);
        else rows.push(row);
      }
      (claim.origins ?? []).forEach((other) => rows.push(["derived from", this.claimButton(other)]));
      if (!rows.length) return null;
      return h("dl", { class: "relatives" }, ...rows.map(([how, what, by]) => [h("dt", {}, by === undefined ? how : this.plainButton(how, { claim: by })), h("dd", {}, what)]));
    }

    /** What a claim is joined to: a thing, or a claim with who says it. */
    end(node) {
      const { claim } = this.model.nodes[node];
      return claim === undefined ? this.nodeButton(node) : [this.claimButton(claim), h("p", { class: "who" }, this.nameOf(this.model.claims[claim].claimant))];
    }

    plainButton(text, selection, language) {
      return h("button", { type: "button", class: "name", onclick: () => this.onSelect(selection) }, words(text, { lang: language }));
    }

    claimButton(number) {
      const { label, language } = this.model.claims[number];
      return this.plainButton(label, { claim: number }, language);
    }

    nodeButton(number) {
      const node = this.model.nodes[number];
      return this.plainButton(node.label, node.claim === undefined ? { nodes: [number] } : { claim: node.claim }, node.language);
    }

    nameOf(number) {
      const { label, language } = this.model.nodes[number];
      return words(label, { lang: language });
    }
  }

  return { View };
})();
