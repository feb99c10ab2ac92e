/* Focus: only this, its neighbourhood, the paths between two names, what is hidden and what is pinned. Touches no element but its buttons. */
const Focus = (() => {
  "use strict";
  const { h, words } = Elements;
  const HOPS = [1, 2, 3];
  const PATHS_AT_MOST = 60;
  const LONGER = 1;

  const beginning = () => ({ focus: null, hidden: [], pinned: [] });

  /** The claims shown as a network: two things are neighbours when a claim joins them, and a claim that others speak of is one of its ends'. */
  class Net {
    constructor(model, shown) {
      this.model = model;
      this.isShown = shown.isShown;
      this.marks = marksOf(model);
    }

    neighbours(node) {
      const { model } = this;
      const found = new Set();
      for (const number of model.about[node]) {
        if (!this.isShown.has(number)) continue;
        const { subject, object } = model.claims[number];
        found.add(subject === node ? object : subject);
        if (this.marks.has(number)) found.add(this.marks.get(number));
      }
      const own = model.nodes[node].claim;
      if (own !== undefined && this.isShown.has(own)) found.add(model.claims[own].subject).add(model.claims[own].object);
      found.delete(node);
      return [...found].sort((a, b) => a - b);
    }

    /** How many claims lie between each node and the nearest of some, as far as they reach; no way leads through a value. */
    distances(from, reach = Infinity) {
      const found = new Map(from.map((node) => [node, 0]));
      for (let edge = from, step = 1; edge.length && step <= reach; step += 1) {
        const next = [];
        for (const node of edge) {
          if (step > 1 && this.model.nodes[node].literal) continue;
          for (const other of this.neighbours(node)) if (!found.has(other)) (found.set(other, step), next.push(other));
        }
        edge = next;
      }
      return found;
    }

    /** All ways from one node to another that visit nothing twice and take at most so many steps more than the shortest. */
    paths([from, to], longer = 0) {
      const left = this.distances([to]);
      if (from === to || !left.has(from)) return { paths: [], isCut: false };
      const limit = left.get(from) + longer;
      const paths = [];
      const way = [from];
      const walk = (node) => {
        if (paths.length > PATHS_AT_MOST) return;
        if (node === to) return void paths.push([...way]);
        if (node !== from && this.model.nodes[node].literal) return;
        for (const next of this.neighbours(node)) {
          if (way.includes(next) || !(way.length + (left.get(next) ?? Infinity) <= limit)) continue;
          way.push(next);
          walk(next);
          way.pop();
        }
      };
      walk(from);
      paths.sort((a, b) => a.length - b.length);
      return { paths: paths.slice(0, PATHS_AT_MOST), isCut: paths.length > PATHS_AT_MOST };
    }
  }

  /** The node of each claim that others speak of. */
  function marksOf(model) {
    model.marks ??= new Map(model.nodes.flatMap(({ claim }, node) => (claim === undefined ? [] : [[claim, node]])));
    return model.marks;
  }

  const pair = (one, other) => (one < other ? `${one} ${other}` : `${other} ${one}`);

  /** Names as they are, and of a group the names that it stands for. */
  function names(model, nodes) {
    if (!nodes.some((node) => model.nodes[node].group !== undefined)) return nodes;
    const { of } = model.overview;
    return nodes.flatMap((node) => {
      const { group } = model.nodes[node];
      return group === undefined ? [node] : [...of.keys()].filter((other) => of[other] === group);
    });
  }

  /** What is shown in a state: what passes the filters, and of that what is in focus; with the paths where paths are. */
  function shown(model, state) {
    const isHidden = new Set(names(model, state.hidden));
    const isKept = isHidden.size ? (number) => !touches(model.claims[number], isHidden) : null;
    const base = model.shown(state, isKept);
    if (!state.focus) return base;
    const { allows, ...found } = state.focus.path ? onPaths(model, state, base) : around(model, state, base);
    return { ...model.shown(state, (number) => (!isKept || isKept(number)) && allows(number)), ...found };
  }

  const touches = ({ subject, object }, nodes) => nodes.has(subject) || nodes.has(object);

  function around(model, { focus, pinned }, base) {
    const ends = names(model, focus.nodes);
    if (focus.hops === 0) {
      const isEnd = new Set(ends);
      const between = focus.nodes.length === 2 && new Set(model.selected({ nodes: focus.nodes }));
      return { allows: (number) => (between ? between.has(number) : touches(model.claims[number], isEnd)) };
    }
    const near = new Net(model, base).distances(ends, focus.hops);
    names(model, pinned).forEach((node) => near.set(node, 0));
    const marks = marksOf(model);
    return { near, allows: (number) => near.has(marks.get(number)) || (near.has(model.claims[number].subject) && near.has(model.claims[number].object)) };
  }

  function onPaths(model, { focus }, base) {
    const { paths, isCut } = new Net(model, base).paths(focus.path, focus.longer ? LONGER : 0);
    const steps = new Set(paths.flatMap((path) => path.slice(1).map((node, at) => pair(path[at], node))));
    const inner = new Set(paths.flat());
    const marks = marksOf(model);
    return { paths, isCut, allows: (number) => inner.has(marks.get(number)) || steps.has(pair(model.claims[number].subject, model.claims[number].object)) };
  }

  /** The claims shown between two neighbours on a path. */
  function stepClaims(model, shownNow, one, other) {
    const own = [one, other].map((node) => model.nodes[node].claim).filter((claim) => claim !== undefined && isEnd(model, claim, one, other));
    return [...new Set([...own, ...model.selected({ nodes: [one, other] })])].filter((number) => shownNow.isShown.has(number));
  }

  const isEnd = (model, claim, one, other) => [model.claims[claim].subject, model.claims[claim].object].some((end) => end === one || end === other);

  /* In the address. */

  function toAddress(model, state, address) {
    const id = (node) => model.nodes[node].id;
    const { focus } = state;
    if (focus?.path) focus.path.forEach((node) => address.append("path", id(node)));
    if (focus?.longer) address.set("longer", "1");
    if (focus?.nodes) focus.nodes.forEach((node) => address.append("around", id(node)));
    if (focus?.nodes) address.set("hops", String(focus.hops));
    state.hidden.forEach((node) => address.append("hide", id(node)));
    state.pinned.forEach((node) => address.append("pin", id(node)));
  }

  function fromAddress(model, address) {
    const nodes = (key) => [...new Set(address.getAll(key).map((id) => model.byId.get(id)))].filter((node) => node !== undefined);
    const [path, centre] = [nodes("path"), nodes("around")];
    const hops = Math.min(Math.max(Number.parseInt(address.get("hops") ?? "1", 10) || 0, 0), HOPS.at(-1));
    const focus = path.length === 2 ? { path, longer: address.has("longer") } : centre.length && centre.length < 3 ? { nodes: centre, hops } : null;
    return { focus, hidden: nodes("hide"), pinned: nodes("pin") };
  }

  /* In words, with a way to take each off. */

  function chips(model, state, onChange) {
    const chip = (name, text, changes) =>
      h("li", {}, h("button", { type: "button", "aria-label": `Undo ${name}: ${text}`, onclick: () => onChange(changes) }, h("span", { class: "chip-name" }, name), " ", words(text), h("span", { "aria-hidden": "true", class: "chip-x" }, "✕")));
    const name = (node) => model.nodes[node].label;
    const found = state.focus ? [chip(...inWords(model, state.focus), { focus: null })] : [];
    const taken = (key, node) => ({ [key]: state[key].filter((other) => other !== node) });
    state.hidden.forEach((node) => found.push(chip("Hidden", name(node), taken("hidden", node))));
    state.pinned.forEach((node) => found.push(chip("Pinned", name(node), taken("pinned", node))));
    return found;
  }

  function inWords(model, { path, nodes, hops, longer }) {
    const named = (path ?? nodes).map((node) => model.nodes[node].label).join(path ? " to " : " and ");
    if (path) return [longer ? "Paths, also longer ones," : "Paths", named];
    return [hops === 0 ? "Only" : `Within ${hops} ${hops === 1 ? "step" : "steps"} of`, named];
  }

  const toggled = (list, node) => (list.includes(node) ? list.filter((other) => other !== node) : [...list, node]);
  const isAround = (focus, nodes, hops) => focus?.hops === hops && String(focus.nodes) === String(nodes);

  /** What a selection can be looked at with, as changes of the state by the letter of a key. */
  function changes(state, nodes) {
    const around = (hops) => ({ focus: isAround(state.focus, nodes, hops) ? null : { nodes, hops } });
    const found = { o: around(0), 1: around(1), 2: around(2), 3: around(3) };
    if (nodes.length === 2) return found;
    const hides = state.hidden.includes(nodes[0]) ? {} : { selection: null };
    return { ...found, h: { hidden: toggled(state.hidden, nodes[0]), ...hides }, p: { pinned: toggled(state.pinned, nodes[0]) } };
  }

  /** The buttons for a selection; each says whether it is at work, and takes back what it did. */
  function bar(model, state, nodes, { onChange, onPathTo }) {
    const can = changes(state, nodes);
    const hasGroup = nodes.some((node) => model.nodes[node].group !== undefined);
    const button = (key, text, isOn, title) =>
      can[key] && h("button", { type: "button", "data-focus": key, "aria-pressed": String(isOn), "aria-keyshortcuts": key, title: `${title} (on the map: key ${key})`, onclick: () => onChange(can[key]) }, text);
    const hops = HOPS.map((each) => button(String(each), String(each), isAround(state.focus, nodes, each), `Only what is within ${each} claims`));
    const path = nodes.length === 2 && { focus: state.focus?.path ? null : { path: nodes, longer: false } };
    return h(
      "div",
      { class: "focus-bar", role: "group", "aria-label": "Look closer" },
      button("o", "Only this", isAround(state.focus, nodes, 0), "Only these claims"),
      h("span", { class: "hops", role: "group", "aria-label": "Neighbourhood, in steps" }, h("span", { "aria-hidden": "true" }, "Neighbours"), ...hops),
      path
        ? !hasGroup && h("button", { type: "button", "data-focus": "t", "aria-pressed": String(Boolean(state.focus?.path)), onclick: () => onChange(path) }, "Paths between")
        : h("button", { type: "button", "data-focus": "t", "aria-keyshortcuts": "t", title: "Paths to another name (on the map: key t)", onclick: onPathTo }, "Paths to …"),
      button("p", "Pin", state.pinned.includes(nodes[0]), "Always draw it and its name"),
      button("h", "Hide", state.hidden.includes(nodes[0]), "Leave it out"),
    );
  }

  return { Net, bar, beginning, changes, chips, fromAddress, shown, stepClaims, toAddress };
})();
