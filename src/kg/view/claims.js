/* Which claims are shown, and why: filters with live counts, search, and the address that says it all. Touches no element. */
const Claims = (() => {
  "use strict";

  /** Fold case, accents, hyphens and the marks of thousands, so that "zurich" finds "Zürich", and "12500" finds "12,500". */
  const fold = (text) => joined(PLAIN.test(text) ? text : text.replace(SPACED, "$1").normalize("NFKD").replace(/\p{M}/gu, "")).toLowerCase();
  const joined = (text) => (FOLDED.test(text) ? text.replace(/(\d)[,'’](?=\d{3}(?!\d))/g, "$1").replace(/[-\u2010-\u2015]/g, " ") : text);
  const PLAIN = /^[\x20-\x7e]*$/;
  const FOLDED = /[-,'’\u2010-\u2015]/;
  const SPACED = /(\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))/g;
  /** The words that are looked for; what stands before the number of a claim is none. */
  const wordsOf = (query) => fold(query.trim().replace(/^claim:/i, "")).split(/\s+/).filter(Boolean);
  const PART = "\u0000";
  const KEPT = 16;

  /** A set of numbers below a limit. */
  class Flags {
    constructor(limit) {
      this.flags = new Uint8Array(limit);
      this.size = 0;
    }

    add(number) {
      this.size += 1 - this.flags[number];
      this.flags[number] = 1;
      return this;
    }

    has(number) {
      return this.flags[number] === 1;
    }
  }

  /** Many texts as one folded text, so that a word is looked for in all of them at once. No text holds the mark that parts them. */
  class Sentences {
    constructor(texts) {
      const folded = texts.map((text) => fold(text));
      this.text = folded.join(PART);
      this.known = new Map();
      this.starts = new Uint32Array(texts.length);
      for (let number = 1; number < texts.length; number += 1) this.starts[number] = this.starts[number - 1] + folded[number - 1].length + 1;
    }

    /** Which of the texts hold a word, as flags; kept for the words asked for last. */
    holding(word) {
      if (this.known.size > KEPT) this.known.clear();
      if (!this.known.has(word)) this.known.set(word, this.search(word));
      return this.known.get(word);
    }

    search(word) {
      const found = new Uint8Array(this.starts.length);
      for (let at = this.text.indexOf(word), number = 0; at >= 0; ) {
        while (this.starts[number + 1] <= at) number += 1;
        found[number] = 1;
        at = number + 1 < this.starts.length ? this.text.indexOf(word, this.starts[number + 1]) : -1;
      }
      return found;
    }
  }

  /** A facet at work: which claims it stops, and how many there are behind each of its values. A claim may have several values in a row. */
  class Sieve {
    constructor({ key, of, to, values }, off) {
      Object.assign(this, { key, of, to, off: new Uint8Array(values.length), counts: new Int32Array(values.length + 1) });
      off.forEach((at) => (this.off[at] = 1));
      if (!to) return;
      // How many of the values before each are on.
      this.on = new Uint32Array(values.length + 1);
      for (let at = 0; at < values.length; at += 1) this.on[at + 1] = this.on[at] + 1 - this.off[at];
    }

    /** Note of every claim that this facet stops that one more stops it, and that this one was the last to. */
    stop(failures, failed, own) {
      const { of, to, off, on } = this;
      if (!off.includes(1)) return;
      for (let number = 0; number < of.length; number += 1) {
        if (to ? on[to[number] + 1] !== on[of[number]] : !off[of[number]]) continue;
        failures[number] += 1;
        failed[number] = own;
      }
    }

    /** How many claims there are behind each value, of those that nothing stops or this facet alone. */
    counted(failures, failed, own) {
      const { of, to, counts } = this;
      for (let number = 0; number < of.length; number += 1) {
        if (failures[number] > 1 || (failures[number] && failed[number] !== own)) continue;
        counts[of[number]] += 1;
        if (to) counts[to[number] + 1] -= 1;
      }
      if (this.to) for (let at = 1; at < this.counts.length; at += 1) this.counts[at] += this.counts[at - 1];
      return this.counts.subarray(0, -1);
    }
  }

  /** The data of the page: text that kg.view.pack wrote. */
  async function unpack(text) {
    const bytes = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
  }

  /** One field of all records: `get(number)` is a record's value, undefined where it has none. */
  function column(written) {
    if (written.at) {
      const found = new Map(written.at.map((at, index) => [at, written.is[index]]));
      return { get: (number) => found.get(number), some: () => found.size > 0 };
    }
    if (!written.of) return { get: (number) => written.all[number] ?? undefined, all: written.all };
    const [values, codes] = [written.values, Uint32Array.from(written.of)];
    return { get: (number) => values[codes[number]] ?? undefined, values, codes };
  }

  /** Records that read their fields from columns when they are asked: `records[3].label`; a field that no record has is undefined. */
  function table({ count, columns }, extra = {}) {
    const fields = Object.fromEntries(Object.entries(columns).map(([name, written]) => [name, column(written)]));
    class Row {
      constructor(number) {
        this.number = number;
      }
    }
    for (const [name, { get }] of Object.entries(fields)) Object.defineProperty(Row.prototype, name, { get() { return get(this.number); }, enumerable: true });
    for (const [name, get] of Object.entries(extra)) Object.defineProperty(Row.prototype, name, { get() { return get(this.number, fields); }, enumerable: true });
    return { fields, rows: Array.from({ length: count }, (_, number) => new Row(number)) };
  }

  /** What is known, and what of it is shown. Nodes, claims and passages are lists of records that refer to each other by number. */
  class Model {
    constructor(data) {
      Object.assign(this, data);
      const { fields, rows } = table(data.claims, { iri: (number, all) => all.iri?.get(number) ?? this.expanded(all.id.get(number)) });
      this.fields = fields;
      this.claims = rows;
      this.passages = table(data.passages).rows;
      this.facets = data.facets.map((facet) => ({ ...facet, of: facet.column ? fields[facet.column]?.codes ?? new Uint32Array(0) : Uint32Array.from(facet.of), to: facet.to && Uint32Array.from(facet.to) }));
      this.byId = new Map(this.nodes.map((node, number) => [node.id, number]));
      this.claimById = new Map(this.claims.map((claim, number) => [claim.id, number]));
      this.kindByName = new Map(this.kinds.map((kind) => [kind.name, kind]));
      this.about = this.nodes.map(() => []);
      this.saidBy = this.nodes.map(() => []);
      this.subjects = Uint32Array.from(rows, ({ subject }) => subject);
      this.objects = Uint32Array.from(rows, ({ object }) => object);
      for (let number = 0; number < rows.length; number += 1) {
        const { subject, object, claimant, reporter } = rows[number];
        this.about[subject].push(number);
        if (object !== subject) this.about[object].push(number);
        this.saidBy[claimant].push(number);
        if (reporter !== undefined && reporter !== claimant) this.saidBy[reporter].push(number);
      }
      this.nodeWords = this.nodes.map((node) => fold([node.label, ...(node.names ?? [])].join("\n")));
      this.addGroups();
      // Done before the first search asks for it.
      setTimeout(() => (this.sentences, this.order));
    }

    /** Groups of names stand on the map like names, though no claim is about them. */
    addGroups() {
      for (const [group, { id, label, kind }] of (this.overview?.groups ?? []).entries()) {
        this.byId.set(`group ${id}`, this.nodes.length);
        this.nodes.push({ id: `group ${id}`, label, kind, group });
        this.about.push([]);
        this.saidBy.push([]);
        this.nodeWords.push("");
      }
    }

    /** All values of a facet but one, as what is off. */
    allBut(key, at) {
      const { values } = this.facets.find((facet) => facet.key === key);
      return new Set([...values.keys()].filter((other) => other !== at));
    }

    /** The IRI of a short form. */
    expanded(id) {
      const at = id.indexOf(":");
      const base = at < 0 ? undefined : this.prefixes[id.slice(0, at)];
      return base === undefined ? id : base + id.slice(at + 1);
    }

    /** What of the claims themselves a search looks at, folded once: sentences, notes and numbers, one text each, with a mark after every claim. */
    get sentences() {
      this.folded ??= new Sentences(this.claims.map(({ id, label, notes }) => [label, ...(notes ?? []), id.replace(/^claim:/, "")].join("\n")));
      return this.folded;
    }

    /** The claims that hold every word that is looked for, in their sentence, notes, relation or names, as flags; null for no words. */
    matching(query) {
      const words = wordsOf(query);
      if (!words.length) return null;
      if (this.lastQuery?.query === query) return this.lastQuery.flags;
      const flags = new Uint8Array(this.claims.length).fill(1);
      words.forEach((word) => this.keepMatching(flags, word));
      this.lastQuery = { query, flags };
      return flags;
    }

    keepMatching(flags, word) {
      const found = this.sentences.holding(word).slice();
      const isNode = Uint8Array.from(this.nodeWords, (words) => words.includes(word));
      const isRelation = Uint8Array.from(this.relations, ({ label }) => fold(label).includes(word));
      this.nodeWords.forEach((_, node) => {
        if (!isNode[node]) return;
        this.about[node].forEach((number) => (found[number] = 1));
        this.saidBy[node].forEach((number) => (found[number] = 1));
      });
      const { relation } = this.fields;
      for (let number = 0; number < flags.length; number += 1) if (flags[number]) flags[number] = found[number] | isRelation[relation.get(number)];
    }

    isHedged(claim) {
      return claim.certainty === "probable" || claim.certainty === "possible";
    }

    /** What is shown in a state: the claims, and for each facet the number of claims behind each value, the other filters applied.
        `allows` tells by its number whether a claim may be shown at all. */
    shown(state, allows = null) {
      const isFound = this.matching(state.query);
      const facets = this.facets.map((facet) => new Sieve(facet, state.off.get(facet.key) ?? []));
      const isShown = new Flags(this.claims.length);
      // How many things stop each claim, two of them where it is not looked for; and the facet that was the last to.
      const [failures, failed] = [new Uint8Array(this.claims.length), new Uint8Array(this.claims.length)];
      for (let number = 0; number < failures.length; number += 1) if ((isFound && !isFound[number]) || (allows && !allows(number))) failures[number] = 2;
      facets.forEach((facet, own) => facet.stop(failures, failed, own));
      const claims = [];
      for (let number = 0; number < failures.length; number += 1) if (!failures[number]) (isShown.add(number), claims.push(number));
      return { claims, isShown, counts: new Map(facets.map((facet, own) => [facet.key, facet.counted(failures, failed, own)])) };
    }

    /** Whether anything keeps claims from being shown. */
    isNarrowed(state) {
      return Boolean(state.query.trim() || state.focus || state.hidden.length || [...state.off.values()].some((off) => off.size));
    }

    /** Claims in the order of their texts; after them those without a passage, the derived ones last. */
    inOrder(numbers) {
      const ranks = Uint32Array.from(numbers, (number) => this.order[number]).sort();
      return Array.from(ranks, (rank) => this.byOrder[rank]);
    }

    /** The place of each claim in that order. */
    get order() {
      this.ranks ??= Uint32Array.from(this.byOrder.keys()).sort((a, b) => this.byOrder[a] - this.byOrder[b]);
      return this.ranks;
    }

    get byOrder() {
      if (this.said) return this.said;
      const first = this.claims.map(({ evidence }) => (evidence?.length ? this.passages[evidence[0].places[0]] : null));
      const keys = first.map((place, number) => (place ? [place.source ?? this.sources.length, place.start, place.end] : [Infinity, this.claims[number].origins ? 1 : 0, 0]));
      const compare = ([a, b, c], [x, y, z]) => (a === x ? b - y || c - z : a - x);
      this.said = [...keys.keys()].sort((a, b) => compare(keys[a], keys[b]) || a - b);
      return this.said;
    }

    /** What a value of a value list is called, and in which language. */
    word(value) {
      return this.words[value] ?? { label: value };
    }

    /** The name that is exactly what was written, upper and lower case and accents aside: of several the one with most claims. */
    named(text) {
      const wanted = fold(text.trim());
      if (!wanted) return undefined;
      const isCalled = (node) => this.nodes[node].claim === undefined && this.nodeWords[node].split("\n").includes(wanted);
      const rank = (node) => (fold(this.nodes[node].label) === wanted ? 0 : 1);
      const weight = (node) => this.about[node].length + this.saidBy[node].length;
      return [...this.nodes.keys()].filter(isCalled).sort((a, b) => rank(a) - rank(b) || weight(b) - weight(a) || a - b)[0];
    }

    /** The claims of a selection: of a node, between two nodes, or one claim. */
    selected(selection) {
      if (!selection) return [];
      if (selection.claim !== undefined) return [selection.claim];
      if (selection.passages) return this.claimsOf(selection.passages);
      const [one, other] = selection.nodes;
      const [here, there] = [one, other].map((node) => this.nodes[node]?.group);
      if (here !== undefined && there !== undefined) return this.between(here, there);
      if (other === undefined) return this.about[one];
      return this.about[one].filter((number) => {
        const { subject, object } = this.claims[number];
        return (subject === one && object === other) || (subject === other && object === one);
      });
    }

    /** The claims of passages of the texts, each once, in their order. */
    claimsOf(passages) {
      return [...new Set(passages.flatMap((at) => this.article.passages[at].claims))].sort((a, b) => a - b);
    }

    /** The ways in: the article only where the page has the text. */
    get views() {
      return VIEWS.filter((name) => name !== "article" || this.article);
    }

    /** The claims between two groups of names. */
    between(one, other) {
      const { of } = this.overview;
      const isBetween = ({ subject, object }) => (of[subject] === one && of[object] === other) || (of[subject] === other && of[object] === one);
      return [...this.claims.keys()].filter((number) => isBetween(this.claims[number]));
    }

    /** The claims that speak of a claim, as pairs of a relation in words and a claim. */
    spokenOf(number) {
      const node = this.byId.get(this.claims[number].id);
      if (node === undefined) return [];
      return this.about[node].map((other) => {
        const { subject, object, relation } = this.claims[other];
        return { by: other, relation: this.relations[relation], isSubject: subject === node, end: subject === node ? object : subject };
      });
    }
  }

  const VIEWS = ["map", "article", "argument", "timeline", "table"];
  const PERIOD = /^(-?\d{4,6}-\d\d-\d\d)\/(-?\d{4,6}-\d\d-\d\d)$/;

  const emptyState = () => ({ query: "", off: new Map(), selection: null, view: "map", beside: false, sort: "", down: false, period: null, ...Focus.beginning() });

  /** The stretches of values that are on, as first and last. */
  function stretches(values, off) {
    const found = [];
    values.forEach((_, at) => {
      if (off.has(at)) return;
      if (found.at(-1)?.[1] === at - 1) found.at(-1)[1] = at;
      else found.push([at, at]);
    });
    return found;
  }

  /** The values that a word of an address stands for: its own, or all those from one to another. */
  function between(values, id) {
    const [first, last] = id.split("..").map((end) => values.findIndex((value) => value.id === end));
    return last === undefined || first < 0 || last < 0 ? [id] : values.slice(first, last + 1).map((value) => value.id);
  }

  /** The address of a state: what differs from the beginning, in words that stay the same when claims are added. */
  function toAddress(model, state) {
    const address = new URLSearchParams();
    if (state.query) address.set("q", state.query);
    for (const { key, values, to } of model.facets) {
      const off = state.off.get(key);
      if (!off?.size) continue;
      if (to) {
        stretches(values, off).forEach(([first, last]) => address.append(key, first === last ? values[first].id : `${values[first].id}..${values[last].id}`));
        if (off.size === values.length) address.append(key, "");
        continue;
      }
      const isOff = off.size <= values.length / 2;
      const named = values.filter((_, at) => off.has(at) === isOff);
      if (!named.length) address.append(key, "");
      named.forEach((value) => address.append(isOff ? `not-${key}` : key, value.id));
    }
    if (state.view !== "map") address.set("view", state.view);
    if (state.beside) address.set("with", "text");
    if (state.sort) address.set("sort", (state.down ? "-" : "") + state.sort);
    if (state.period) address.set("period", state.period.join("/"));
    Focus.toAddress(model, state, address);
    const { selection } = state;
    if (selection?.passages) selection.passages.forEach((at) => address.append("at", model.article.passages[at].id));
    else if (selection?.claim !== undefined) address.set("at", model.claims[selection.claim].id);
    else if (selection) selection.nodes.forEach((node) => address.append("at", model.nodes[node].id));
    return address.toString();
  }

  /** The state that an address names; what is not there (any more) is left out. */
  function fromAddress(model, text) {
    const address = new URLSearchParams(text);
    const state = emptyState();
    state.query = address.get("q") ?? "";
    for (const { key, values } of model.facets) {
      const only = address.has(key) ? new Set(address.getAll(key).flatMap((id) => between(values, id))) : null;
      const not = new Set(address.getAll(`not-${key}`));
      const off = values.map((value, at) => ((only ? !only.has(value.id) : not.has(value.id)) ? at : -1)).filter((at) => at >= 0);
      if (off.length) state.off.set(key, new Set(off));
    }
    state.view = model.views.includes(address.get("view")) ? address.get("view") : "map";
    state.beside = Boolean(model.article) && address.get("with") === "text";
    state.period = PERIOD.exec(address.get("period") ?? "")?.slice(1) ?? null;
    const sort = address.get("sort") ?? "";
    state.down = sort.startsWith("-");
    state.sort = sort.replace(/^-/, "");
    Object.assign(state, Focus.fromAddress(model, address));
    state.selection = toSelection(model, address.getAll("at"));
    return state;
  }

  function toSelection(model, ids) {
    if (ids.length === 1 && model.claimById.has(ids[0])) return { claim: model.claimById.get(ids[0]) };
    const passages = (model.article?.passages ?? []).map(({ id }, at) => (ids.includes(id) ? at : -1)).filter((at) => at >= 0);
    if (passages.length) return { passages };
    const nodes = ids.slice(0, 2).map((id) => model.byId.get(id));
    return nodes.length && nodes.every((node) => node !== undefined) ? { nodes } : null;
  }

  return { Model, stretches, emptyState, fold, fromAddress, toAddress, unpack, wordsOf };
})();
