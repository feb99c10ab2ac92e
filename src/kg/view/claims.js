/* Which claims are shown, and why: filters with live counts, search, and the address that says it all. Touches no element. */
const Claims = (() => {
  "use strict";

  /** Fold case and accents, so that a search for "zurich" finds "Zürich". */
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  class Model {
    constructor(data) {
      Object.assign(this, data);
      this.byId = new Map(this.nodes.map((node, number) => [node.id, number]));
      this.claimById = new Map(this.claims.map((claim, number) => [claim.id, number]));
      this.kindByName = new Map(this.kinds.map((kind) => [kind.name, kind]));
      this.about = this.nodes.map(() => []);
      this.saidBy = this.nodes.map(() => []);
      this.claims.forEach((claim, number) => {
        new Set([claim.subject, claim.object]).forEach((node) => this.about[node].push(number));
        new Set([claim.claimant, claim.reporter ?? claim.claimant]).forEach((node) => this.saidBy[node].push(number));
      });
      this.haystacks = this.claims.map((claim) => fold(this.words(claim)));
      this.nodeWords = this.nodes.map((node) => fold([node.label, ...(node.names ?? [])].join("\n")));
    }

    /** Everything of a claim that a search looks at. */
    words(claim) {
      const ends = [claim.subject, claim.object, claim.claimant, claim.reporter].filter((end) => end !== undefined).map((end) => this.nodes[end]);
      const called = ends.flatMap((node) => [node.label, ...(node.names ?? [])]);
      return [claim.label, this.relations[claim.relation].label, ...called, ...(claim.notes ?? [])].join("\n");
    }

    isHedged(claim) {
      return claim.certainty === "probable" || claim.certainty === "possible";
    }

    /** What is shown in a state: the claims, and for each facet the number of claims behind each value, the other filters applied. */
    shown(state) {
      const words = fold(state.query).split(/\s+/).filter(Boolean);
      const counts = new Map(this.facets.map((facet) => [facet.key, facet.values.map(() => 0)]));
      const claims = [];
      this.claims.forEach((_, number) => {
        if (!words.every((word) => this.haystacks[number].includes(word))) return;
        const failed = this.facets.filter((facet) => state.off.get(facet.key)?.has(facet.of[number]));
        if (failed.length === 0) claims.push(number);
        const counted = failed.length === 0 ? this.facets : failed.length === 1 ? failed : [];
        counted.forEach((facet) => (counts.get(facet.key)[facet.of[number]] += 1));
      });
      return { claims, isShown: new Set(claims), counts };
    }

    /** The nodes whose names hold what is looked for: names that begin with it first, then those with more claims. */
    suggestions(query, limit) {
      const wanted = fold(query.trim());
      if (!wanted) return [];
      const weight = (node) => this.about[node].length + this.saidBy[node].length;
      const rank = (node) => (this.nodeWords[node].split("\n").some((name) => name.startsWith(wanted)) ? 0 : 1);
      return this.nodes
        .map((_, node) => node)
        .filter((node) => this.nodes[node].claim === undefined && this.nodeWords[node].includes(wanted))
        .sort((a, b) => rank(a) - rank(b) || weight(b) - weight(a) || a - b)
        .slice(0, limit);
    }

    /** The claims of a selection: of a node, between two nodes, or one claim. */
    selected(selection) {
      if (!selection) return [];
      if (selection.claim !== undefined) return [selection.claim];
      if (selection.passages) return this.claimsOf(selection.passages);
      const [one, other] = selection.nodes;
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

  const emptyState = () => ({ query: "", off: new Map(), selection: null, view: "map", sort: "", down: false, period: null });

  /** The address of a state: what differs from the beginning, in words that stay the same when claims are added. */
  function toAddress(model, state) {
    const address = new URLSearchParams();
    if (state.query) address.set("q", state.query);
    for (const { key, values } of model.facets) {
      const off = state.off.get(key);
      if (!off?.size) continue;
      const isOff = off.size <= values.length / 2;
      const named = values.filter((_, at) => off.has(at) === isOff);
      if (!named.length) address.append(key, "");
      named.forEach((value) => address.append(isOff ? `not-${key}` : key, value.id));
    }
    if (state.view !== "map") address.set("view", state.view);
    if (state.sort) address.set("sort", (state.down ? "-" : "") + state.sort);
    if (state.period) address.set("period", state.period.join("/"));
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
      const only = address.has(key) ? new Set(address.getAll(key)) : null;
      const not = new Set(address.getAll(`not-${key}`));
      const off = values.map((value, at) => ((only ? !only.has(value.id) : not.has(value.id)) ? at : -1)).filter((at) => at >= 0);
      if (off.length) state.off.set(key, new Set(off));
    }
    state.view = model.views.includes(address.get("view")) ? address.get("view") : "map";
    state.period = PERIOD.exec(address.get("period") ?? "")?.slice(1) ?? null;
    const sort = address.get("sort") ?? "";
    state.down = sort.startsWith("-");
    state.sort = sort.replace(/^-/, "");
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

  return { Model, emptyState, fold, fromAddress, toAddress };
})();
