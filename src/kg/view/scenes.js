/* What the map draws of more names than it can hold: groups first, then the names themselves. Touches no element. */
const Scenes = (() => {
  "use strict";
  const NAMES_AT_MOST = 400;
  const AROUND_AT_MOST = 120;
  const OF_MANY = 100;
  const LINES_AT_MOST = 320;
  const SIGNED_AT_MOST = 120;
  const SPACING = 120;
  const STEPS = 70;
  const FEWER_STEPS = 45;
  const MANY = 200;
  const FARTHEST = (5 * SPACING) ** 2;
  const NEARNESS = SPACING ** 2;
  const APART = 40;
  // About how much of the screen a drawing has, and how small a node is drawn at least, as a share of its size.
  const SCREEN = 640;
  const SMALLEST = 0.72;
  const MARK_SIZE = 3.5;
  const GOLDEN = Math.PI * (3 - Math.sqrt(5));
  const LINE_LENGTH = 17;
  const LETTERS = 67;

  const counted = (number, one, many) => `${Elements.inFigures(number)} ${number === 1 ? one : many}`;

  /** So much of a name as the map has room for, cut between words where it has several. */
  function cut(label) {
    if (label.length <= LETTERS) return label;
    const words = label.slice(0, LETTERS).replace(/\s+\S*$/, "");
    return `${words}…`;
  }

  /** A name in short lines. */
  function wrap(label) {
    const lines = [""];
    for (const word of cut(label).split(/\s+/)) {
      const line = lines.at(-1);
      if (line && line.length + word.length >= LINE_LENGTH) lines.push(word);
      else lines[lines.length - 1] = line ? `${line} ${word}` : word;
    }
    return lines;
  }

  /** Which drawing shows what is to be shown: the only one of a small graph, else groups or the names that it comes down to. */
  class Chooser {
    constructor(model) {
      this.model = model;
      this.small = Object.assign(model.drawing, { note: () => "" });
      this.marks = new Map(model.nodes.flatMap(({ claim }, node) => (claim === undefined ? [] : [[claim, node]])));
    }

    choose(shown, selection, pinned = []) {
      const { model } = this;
      if (!model.overview) return this.small;
      const counts = this.counts(shown);
      const names = [...counts.keys()].filter((node) => counts[node]);
      if (names.length <= NAMES_AT_MOST) return this.names(names, () => "");
      const chosen = [...new Set([...this.chosen(selection), ...pinned])].filter((node) => model.nodes[node].group === undefined);
      if (chosen.length) return this.around(chosen, shown, names.length);
      const groups = new Set(names.map((node) => model.overview.of[node]));
      return groups.size > 1 ? this.groups(names.length) : this.largest(names, counts);
    }

    /** How many of the claims shown each node is an end of. */
    counts(shown) {
      const { subjects, objects } = this.model;
      const counts = new Uint32Array(this.model.overview.of.length);
      for (const number of shown.claims) {
        const [subject, object] = [subjects[number], objects[number]];
        counts[subject] += 1;
        if (object !== subject) counts[object] += 1;
      }
      return counts;
    }

    chosen(selection) {
      if (selection?.claim === undefined) return selection?.nodes ?? [];
      const { subject, object } = this.model.claims[selection.claim];
      return [subject, object];
    }

    /** The names chosen and those that share most claims with them. */
    around(chosen, shown, all) {
      const near = new Map();
      for (const node of chosen) {
        for (const number of this.model.about[node]) {
          if (!shown.isShown.has(number)) continue;
          const { subject, object } = this.model.claims[number];
          const other = subject === node ? object : subject;
          if (!chosen.includes(other)) near.set(other, (near.get(other) ?? 0) + 1);
        }
      }
      const ranked = [...near.keys()].sort((a, b) => near.get(b) - near.get(a) || a - b);
      const nodes = [...chosen, ...ranked.slice(0, AROUND_AT_MOST)];
      const left = ranked.length - (nodes.length - chosen.length);
      const more = left > 0 ? `, and ${counted(left, "neighbour", "neighbours")} with fewer claims not` : "";
      const note = (lines) => `Drawn: what is chosen and ${counted(nodes.length - chosen.length, "neighbour", "neighbours")}${more}${lines}. All ${counted(all, "name", "names")} are in the table and in the search; close the selection to see the groups.`;
      return this.names(nodes, note, chosen);
    }

    /** One group is shown, and it has more names than can be read. */
    largest(names, counts) {
      const nodes = [...names].sort((a, b) => counts[b] - counts[a] || a - b).slice(0, OF_MANY);
      return this.names(nodes, (lines) => `The map draws the ${OF_MANY} names with most claims${lines}; ${counted(names.length - OF_MANY, "more is", "more are")} in the table and in the search.`);
    }

    /** The drawing of some names with everything between them; the one before, where it holds them all. */
    names(nodes, note, first = []) {
      const key = [...nodes].sort((a, b) => a - b).join(" ");
      const isThere = this.last && !first.length && !this.last.first.length && nodes.every((node) => this.last.has.has(node));
      if (this.last?.key !== key && !isThere) this.last = this.arranged(nodes, key, first);
      const { left } = this.last;
      this.last.drawing.note = () => note(left ? ` without ${counted(left, "line", "lines")} of fewer claims` : "") || (left ? `${counted(left, "line", "lines")} of fewer claims not drawn.` : "");
      return this.last.drawing;
    }

    arranged(nodes, key, first) {
      const has = new Set(nodes);
      const all = this.bundles(has);
      const edges = all.sort((a, b) => b.claims.length - a.claims.length || a.from - b.from || a.to - b.to).slice(0, LINES_AT_MOST);
      edges.slice(0, SIGNED_AT_MOST).forEach((edge) => (edge.signed = !edge.part));
      const drawn = new Map(nodes.map((node) => [node, this.name(node)]));
      for (const { from, to, claims } of edges) {
        for (const end of [from, to]) {
          if (!drawn.has(end)) drawn.set(end, this.name(end));
          drawn.get(end).weight += claims.length;
        }
      }
      const list = [...drawn.values()];
      list.forEach((node) => (node.size ??= Math.round(10 * (5 + 2.2 * Math.sqrt(Math.min(node.weight, 40)))) / 10));
      place(list, edges, first);
      sign(edges, drawn);
      return { key, has, first, left: all.length - edges.length, drawing: { nodes: list, edges } };
    }

    name(id) {
      const { label, kind, claim } = this.model.nodes[id];
      return claim === undefined ? { id, kind, label, lines: wrap(label), weight: 0 } : { id, kind, label: "", lines: [], weight: 0, size: MARK_SIZE, mark: true };
    }

    /** The claims between some names: in one line those of the same two, by way of its mark one that others speak of. */
    bundles(has) {
      const { model } = this;
      const found = new Map();
      const add = (from, to, claim, part) => {
        const ends = part ? [from, to] : [Math.min(from, to), Math.max(from, to)];
        const id = `${ends[0]}-${ends[1]}${part}`;
        if (!found.has(id)) found.set(id, { id, from: ends[0], to: ends[1], claims: [], ...(part ? { part } : {}) });
        found.get(id).claims.push(claim);
      };
      for (const node of has) {
        for (const number of model.about[node]) {
          const { subject, object } = model.claims[number];
          if (subject !== node || !has.has(object)) continue;
          const mark = this.marks.get(number);
          if (mark === undefined) add(subject, object, number, "");
          else (add(subject, mark, number, "a"), add(mark, object, number, "b"));
        }
      }
      return [...found.values()];
    }

    /** The groups, and the lines that the page was built with. */
    groups(all) {
      this.overview ??= this.overviewOf();
      const { length } = this.model.overview.groups;
      this.overview.note = () => `${counted(all, "name", "names")} in ${counted(length, "group", "groups")}, each called after its foremost name; lines join groups that share most claims. Choose a group, search, or filter, and the names are drawn.`;
      return this.overview;
    }

    overviewOf() {
      const { nodes, overview, claims } = this.model;
      const first = nodes.length - overview.groups.length;
      const drawn = overview.groups.map(({ x, y, size, lines, kind, label }, at) => ({ id: first + at, x, y, size, lines, kind, label, weight: 0, inner: [] }));
      const edges = overview.lines.map(([one, other]) => ({ id: `${first + one}-${first + other}`, from: first + one, to: first + other, claims: [], wide: 0.35 }));
      const lines = new Map(edges.map((edge) => [edge.id, edge]));
      claims.forEach(({ subject, object }, number) => {
        const [one, other] = [overview.of[subject], overview.of[object]].sort((a, b) => a - b);
        if (one === other) drawn[one].inner.push(number);
        else lines.get(`${first + one}-${first + other}`)?.claims.push(number);
      });
      drawn.forEach((node) => Object.assign(node, { weight: node.inner.length, title: node.lines.slice(0, -1) }));
      return { nodes: drawn, edges, inside: (shown) => drawn.map((node) => inside(node, shown)) };
    }
  }

  /** A group, and how many of the claims shown it holds, which it is told to say. */
  function inside(node, shown) {
    let count = 0;
    for (const number of node.inner) if (shown.isShown.has(number)) count += 1;
    node.lines = [...node.title, counted(count, "claim", "claims")];
    return [node.id, count];
  }

  /** Give nodes their places: neighbours near, strangers apart; the same nodes and lines, the same places. */
  function place(nodes, edges, first) {
    const at = new Map(nodes.map((node, index) => [node.id, index]));
    const rank = [...nodes.keys()].sort((a, b) => first.includes(nodes[b].id) - first.includes(nodes[a].id) || nodes[b].weight - nodes[a].weight || nodes[a].id - nodes[b].id);
    const [xs, ys] = [new Float64Array(nodes.length), new Float64Array(nodes.length)];
    rank.forEach((index, order) => {
      const radius = SPACING * 0.62 * Math.sqrt(order);
      xs[index] = radius * Math.cos(order * GOLDEN);
      ys[index] = radius * Math.sin(order * GOLDEN);
    });
    const lines = edges.filter(({ from, to }) => from !== to).map(({ from, to }) => [at.get(from), at.get(to)]);
    const steps = nodes.length > MANY ? FEWER_STEPS : STEPS;
    for (let step = 0; step < steps; step += 1) move(xs, ys, lines, SPACING * (1 - step / steps));
    pushApart(xs, ys, nodes);
    nodes.forEach((node, index) => Object.assign(node, { x: Math.round(xs[index] * 1.25), y: Math.round(ys[index]) }));
  }

  /** Move apart what would be drawn one over the other; nodes keep their size on the screen when the map is small. */
  function pushApart(xs, ys, nodes) {
    const extent = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) * 2;
    const grown = Math.max(1, (SMALLEST * Math.max(extent(xs), extent(ys))) / SCREEN);
    const reach = Float64Array.from(nodes, ({ size }) => size * grown * 1.15 + 3);
    for (let round = 0, isMoved = true; isMoved && round < APART; round += 1) {
      isMoved = false;
      for (let one = 0; one < reach.length; one += 1) {
        for (let other = one + 1; other < reach.length; other += 1) {
          const x = xs[one] - xs[other];
          const y = ys[one] - ys[other];
          const wanted = reach[one] + reach[other];
          if (x >= wanted || y >= wanted || -x >= wanted || -y >= wanted) continue;
          const distance = Math.sqrt(x * x + y * y) || 1;
          if (distance >= wanted) continue;
          isMoved = true;
          const [dx, dy] = [((x || 1) / distance) * (wanted - distance) * 0.5, (y / distance) * (wanted - distance) * 0.5];
          xs[one] += dx;
          ys[one] += dy;
          xs[other] -= dx;
          ys[other] -= dy;
        }
      }
    }
  }

  /** One step of Fruchterman and Reingold, no node further than `reach`. */
  function move(xs, ys, lines, reach) {
    const count = xs.length;
    const [dx, dy] = [new Float64Array(count), new Float64Array(count)];
    for (let one = 0; one < count; one += 1) {
      for (let other = one + 1; other < count; other += 1) {
        // Written out, as is all that is done for each pair: what is drawn for the first time waits for it.
        const x = xs[one] - xs[other];
        const y = ys[one] - ys[other];
        const square = x * x + y * y + 1;
        // What is far away does not drive a part that hangs on nothing further still.
        if (square > FARTHEST) continue;
        const push = NEARNESS / square;
        dx[one] += x * push;
        dy[one] += y * push;
        dx[other] -= x * push;
        dy[other] -= y * push;
      }
      // A little towards the middle, so that what hangs on nothing stays in sight.
      dx[one] -= xs[one] * 0.6;
      dy[one] -= ys[one] * 0.6;
    }
    for (const [one, other] of lines) {
      const x = xs[one] - xs[other];
      const y = ys[one] - ys[other];
      const pull = Math.sqrt(x * x + y * y) / SPACING;
      dx[one] -= x * pull;
      dy[one] -= y * pull;
      dx[other] += x * pull;
      dy[other] += y * pull;
    }
    for (let one = 0; one < count; one += 1) {
      const length = Math.sqrt(dx[one] * dx[one] + dy[one] * dy[one]) || 1;
      xs[one] += (dx[one] / length) * Math.min(length, reach);
      ys[one] += (dy[one] / length) * Math.min(length, reach);
    }
  }

  /** Of the two lines that meet at the mark of a claim the longer carries its sign. */
  function sign(edges, drawn) {
    const longest = new Map();
    const length = ({ from, to }) => Math.hypot(drawn.get(from).x - drawn.get(to).x, drawn.get(from).y - drawn.get(to).y);
    for (const edge of edges.filter(({ part }) => part)) {
      const best = longest.get(edge.claims[0]);
      if (!best || length(edge) > length(best)) longest.set(edge.claims[0], edge);
    }
    longest.forEach((edge) => (edge.signed = true));
  }

  return { Chooser };
})();
