/* The map: the one place that knows the drawing library. It draws what it is told and says what was clicked. */
const ClaimMap = (() => {
  "use strict";
  const { isDark, isForced, isStill, say } = Elements;
  const DRAWN_AT_MOST = 400;
  const ALWAYS_NAMED = 14;
  const DENIED = [8, 6];
  const HEDGED = [1.5, 5];
  const DENIED_AND_HEDGED = [8, 5, 1.5, 5];
  const FANNED_AT_MOST = 16;
  const BOW = 0.13;
  // What is handed on or printed stands on white, whatever the screen shows.
  const ON_PAPER = { ink: "#1f1d1a", muted: "#6a655d", line: "#8d877d", paper: "#ffffff", accent: "#a2321c", faint: "#dcd8d0" };

  class View {
    constructor(container, model, { onSelect, onFocus = () => {} }) {
      this.container = container;
      this.model = model;
      this.onSelect = onSelect;
      this.onFocus = onFocus;
      this.scenes = new Scenes.Chooser(model);
      this.drawing = { nodes: [], edges: [] };
      this.nodeById = this.edgeById = new Map();
      this.paths = new Map(model.kinds.map((kind) => [kind.name, new Path2D(kind.path)]));
      this.live = { nodes: new Set(), edges: new Map(), litNodes: null, litEdges: null, chosen: new Set(), pinned: new Set(), fan: [] };
      this.hovered = null;
      this.isUntouched = true;
      this.readColours();
      this.start();
    }

    start() {
      const renderer = ({ ctx, id, x, y }) => {
        const size = this.radius(this.nodeById.get(id));
        return { drawNode: () => this.drawNode(ctx, id, x, y), nodeDimensions: { width: 2 * size, height: 2 * size } };
      };
      this.renderer = renderer;
      this.nodes = new vis.DataSet([]);
      this.edges = new vis.DataSet([]);
      this.network = new vis.Network(this.container, { nodes: this.nodes, edges: this.edges }, {
        physics: false,
        layout: { improvedLayout: false, randomSeed: 1 },
        edges: { smooth: false, chosen: false, hoverWidth: 0, selectionWidth: 0 },
        nodes: { chosen: false, labelHighlightBold: false },
        interaction: { hover: true, dragNodes: false, selectConnectedEdges: false, hoverConnectedEdges: false, zoomSpeed: 0.6 },
      });
      this.listen();
    }

    listen() {
      this.network.on("afterDrawing", (context) => this.drawWords(context));
      this.network.on("click", ({ pointer }) => this.click(pointer.DOM));
      this.network.on("hoverNode", ({ node }) => this.hover({ node }));
      this.network.on("blurNode", () => this.hover(null));
      this.network.on("hoverEdge", ({ edge }) => this.hover({ edge }));
      this.network.on("blurEdge", () => this.hover(null));
      this.network.on("dragEnd", () => (this.isUntouched = false));
      this.network.on("zoom", () => (this.isUntouched = false));
      this.network.on("resize", () => this.isUntouched && this.fit({ animate: false }));
      this.container.addEventListener("keydown", (event) => this.key(event));
      isForced.addEventListener("change", () => this.repaint());
    }

    readColours() {
      const style = getComputedStyle(document.documentElement);
      const names = ["ink", "muted", "line", "paper", "accent", "faint"];
      this.colours = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
      this.font = getComputedStyle(document.body).fontFamily;
    }

    /** Take up another drawing. */
    load(drawing) {
      Object.assign(this.live, { nodes: new Set(), edges: new Map(), fan: [], fanned: null });
      this.hovered = null;
      this.walked = undefined;
      this.edges.clear();
      this.nodes.clear();
      this.drawing = drawing;
      this.nodeById = new Map(drawing.nodes.map((node) => [node.id, node]));
      this.edgeById = new Map(drawing.edges.map((edge) => [edge.id, edge]));
      this.nodes.add(drawing.nodes.map(({ id, x, y, size }) => ({ id, x, y, size, shape: "custom", ctxRenderer: this.renderer, hidden: true })));
      this.edges.add(drawing.edges.map(({ id, from, to }) => ({ id, from, to, hidden: true })));
    }

    /** Show these claims, and light up what belongs to the selection. */
    show(shown, selection, pinned = []) {
      const drawing = this.scenes.choose(shown, selection, pinned);
      const isOther = drawing !== this.drawing;
      if (isOther) this.load(drawing);
      const counted = new Map();
      this.live.edges = new Map();
      for (const edge of this.drawing.edges) {
        const claims = edge.claims.filter((number) => shown.isShown.has(number));
        if (!claims.length) continue;
        this.live.edges.set(edge.id, claims);
        [edge.from, edge.to].forEach((node) => counted.set(node, (counted.get(node) ?? 0) + claims.length));
      }
      for (const [node, count] of drawing.inside?.(shown) ?? []) counted.set(node, (counted.get(node) ?? 0) + count);
      const ranked = [...counted.keys()].sort((a, b) => counted.get(b) - counted.get(a) || a - b);
      this.live.pinned = new Set(pinned.filter((node) => this.nodeById.has(node)));
      this.live.nodes = new Set([...this.live.pinned, ...ranked].slice(0, DRAWN_AT_MOST));
      this.left = ranked.filter((node) => !this.live.nodes.has(node)).length;
      this.light(selection);
      this.fanOut(selection);
      this.update();
      this.note = drawing.note() || (this.left ? `The map draws the ${this.live.nodes.size} names with most claims; ${this.left} more are in the table and in the search.` : "");
      if (isOther) this.fit({ animate: false });
    }

    /** Spread the claims of a selected bundle into a line each, so that each can be read and clicked. */
    fanOut(selection) {
      const [one, other] = selection?.nodes ?? this.endsOf(selection?.claim);
      const bundle = other !== undefined && one !== other && this.edgeById.get(`${Math.min(one, other)}-${Math.max(one, other)}`);
      const claims = (bundle && this.live.edges.get(bundle.id)) || [];
      const isSpread = claims.length > 1 && claims.length <= FANNED_AT_MOST && this.isDrawn(bundle);
      const middle = (claims.length - 1) / 2;
      const lines = isSpread ? claims.map((claim, at) => ({ id: `fan ${claim}`, claim, bundle, bow: (at - middle) * BOW })) : [];
      this.edges.remove(this.live.fan.filter(({ id }) => !lines.some((line) => line.id === id)).map(({ id }) => id));
      this.live.fan = lines;
      this.live.fanned = isSpread ? bundle.id : null;
      this.live.claim = selection?.claim;
    }

    endsOf(claim) {
      return claim === undefined ? [] : [this.model.claims[claim].subject, this.model.claims[claim].object];
    }

    fanEdge({ id, claim, bundle, bow }) {
      const { from, to } = bundle;
      const isChosen = this.live.claim === undefined || this.live.claim === claim;
      const smooth = bow ? { enabled: true, type: bow > 0 ? "curvedCW" : "curvedCCW", roundness: Math.abs(bow) } : { enabled: false };
      return { id, from, to, hidden: false, smooth, ...this.edgeStyle(bundle, [claim], true, isChosen) };
    }

    /** Light up the lines of a selection, and more quietly those of the claims that it makes itself. */
    light(selection) {
      const live = this.live;
      live.chosen = new Set(selection?.nodes ?? []);
      live.litNodes = live.litEdges = null;
      if (!selection) return;
      const about = new Set(this.model.selected(selection));
      const said = new Set(selection.nodes?.length === 1 ? this.model.saidBy[selection.nodes[0]] : []);
      live.litNodes = new Set(live.chosen);
      live.litEdges = new Map();
      for (const [id, claims] of live.edges) {
        const isAbout = claims.some((number) => about.has(number));
        if (!isAbout && !claims.some((number) => said.has(number))) continue;
        const { from, to } = this.edgeById.get(id);
        live.litEdges.set(id, isAbout);
        live.litNodes.add(from).add(to);
      }
    }

    update() {
      const { nodes, edges, litEdges } = this.live;
      this.nodes.update(this.drawing.nodes.map(({ id }) => ({ id, hidden: !nodes.has(id) })));
      this.edges.update(
        this.drawing.edges.map((edge) => {
          const claims = edges.get(edge.id);
          if (!claims || edge.id === this.live.fanned || !nodes.has(edge.from) || !nodes.has(edge.to)) return { id: edge.id, hidden: true };
          return { id: edge.id, hidden: false, ...this.edgeStyle(edge, claims, !litEdges || litEdges.has(edge.id), litEdges?.get(edge.id)) };
        }),
      );
      this.edges.update(this.live.fan.map((line) => this.fanEdge(line)));
      this.network.redraw();
    }

    /** How a bundle looks: dashed when all of it is denied, dotted when all of it is hedged, wider when it holds more. */
    edgeStyle(edge, numbers, isLit, isSelected) {
      const claims = numbers.map((number) => this.model.claims[number]);
      const isDenied = claims.every((claim) => claim.polarity === "denied");
      const isHedged = claims.every((claim) => this.model.isHedged(claim));
      const dashes = isDenied && isHedged ? DENIED_AND_HEDGED : isDenied ? DENIED : isHedged ? HEDGED : false;
      const pointed = claims.filter((claim) => !this.model.relations[claim.relation].symmetric);
      const end = (node) => edge.part !== "a" && (edge.part === "b" || pointed.some((claim) => claim.object === node));
      const color = isLit ? (isSelected ? this.colours.accent : this.colours.line) : this.colours.faint;
      const arrow = (enabled) => ({ enabled, scaleFactor: 0.45, type: "arrow" });
      return {
        dashes,
        width: 1.1 + 0.8 * Math.log2(claims.length),
        color: { color, hover: this.colours.accent, highlight: color, inherit: false },
        arrows: { to: arrow(pointed.length > 0 && end(edge.to)), from: arrow(!edge.part && pointed.length > 0 && end(edge.from)) },
      };
    }

    radius(node) {
      const scale = this.network ? this.network.getScale() : 1;
      return node.size * Math.max(1, 0.72 / scale);
    }

    isLit(id) {
      return !this.live.litNodes || this.live.litNodes.has(id);
    }

    drawNode(ctx, id, x, y) {
      const node = this.nodeById.get(id);
      const kind = this.model.kindByName.get(node.kind);
      const size = this.radius(node);
      const isChosen = this.live.chosen.has(id) || this.hovered?.node === id || this.walked === id;
      ctx.save();
      ctx.translate(x, y);
      ctx.scale(size, size);
      ctx.lineJoin = "round";
      ctx.lineWidth = (isChosen ? 9 : 3) / size;
      ctx.strokeStyle = this.colours.paper;
      ctx.stroke(this.paths.get(node.kind));
      if (isChosen) {
        ctx.lineWidth = 5 / size;
        ctx.strokeStyle = this.colours.accent;
        ctx.stroke(this.paths.get(node.kind));
      }
      ctx.fillStyle = this.fillOf(id, kind);
      ctx.fill(this.paths.get(node.kind));
      ctx.restore();
    }

    /** The fill of a node of a kind; null for the kind in general. */
    fillOf(id, kind) {
      if (id !== null && !this.isLit(id)) return this.colours.faint;
      if (isForced.matches && !this.isOnPaper) return this.colours.ink;
      return isDark() && !this.isOnPaper ? kind.dark : kind.light;
    }

    /** Do something in the colours of paper. */
    onPaper(draw) {
      const colours = this.colours;
      this.colours = ON_PAPER;
      this.isOnPaper = true;
      try {
        return draw();
      } finally {
        this.colours = colours;
        this.isOnPaper = false;
      }
    }

    /** Names and signs, in the size of the screen: the important first, and none over another. */
    drawWords(ctx, scale = this.network.getScale()) {
      const layer = new MapWords.Layer(ctx, scale, this.colours, this.font);
      const positions = this.network.getPositions();
      const seen = [...this.live.nodes].map((id) => ({ ...this.nodeById.get(id), ...positions[id] }));
      seen.filter((node) => this.isLit(node.id)).forEach((node) => layer.block(node.x, node.y, this.radius(node), node.mark ? 1 : 2));
      const lines = [...this.live.edges].filter(([id]) => this.isDrawn(this.edgeById.get(id)) && id !== this.live.fanned);
      const ends = lines.map(([id, claims]) => this.lineWords(id, claims, positions));
      const fan = this.live.fan.map((line) => this.bowWords(line, positions));
      ends.sort((a, b) => b.isLit - a.isLit || b.isContested - a.isContested);
      ends.forEach((line) => layer.sign(line));
      const isNamed = (node) => this.live.chosen.has(node.id) || this.live.pinned.has(node.id) || this.hovered?.node === node.id || this.walked === node.id;
      const rank = (node) => (isNamed(node) ? 0 : this.live.litNodes?.has(node.id) ? 1 : 2);
      seen.sort((a, b) => rank(a) - rank(b) || b.weight - a.weight || a.id - b.id);
      seen.forEach((node, at) => {
        const mayCost = at < ALWAYS_NAMED || this.live.litNodes?.has(node.id) ? 5 : 0;
        const lines = node.mark ? [] : node.lines;
        layer.name(node, { lines, radius: this.radius(node), isLit: this.isLit(node.id), isForced: isNamed(node), mayCost });
      });
      fan.forEach((line) => layer.onBow(line));
      ends.sort((a, b) => b.isHovered - a.isHovered || b.isLit - a.isLit);
      ends.filter((line) => line.isLit || line.isHovered).forEach((line) => layer.alongLine(line));
      this.named = layer.names;
    }

    /** What stands on one line of a fan: the relation, and who says so. */
    bowWords({ id, claim, bundle }, positions) {
      const { relation, claimant, polarity, contested } = this.model.claims[claim];
      const sign = contested ? "≠ " : polarity === "denied" ? "✕ " : "";
      const text = `${sign}${polarity === "denied" ? "not: " : ""}${this.model.relations[relation].label} (${this.model.nodes[claimant].label})`;
      return { from: positions[bundle.from], to: positions[bundle.to], via: this.viaOf(id), text, isHovered: this.hovered?.edge === id, isSelected: this.live.claim === claim };
    }

    /** The point towards which a line bows; nothing for a straight one. */
    viaOf(id) {
      const edge = this.network.body.edges[id];
      return edge?.options.smooth?.enabled ? edge.edgeType.getViaNode() : undefined;
    }

    placeOf(node) {
      return this.network.getPosition(node);
    }

    /** Everything drawn as lines: where they run, how they look, which claims they are. */
    linesDrawn() {
      const { edges, fan, litEdges, fanned } = this.live;
      const bundles = [...edges].filter(([id]) => this.isDrawn(this.edgeById.get(id)) && id !== fanned).map(([id, claims]) => {
        const edge = this.edgeById.get(id);
        return { edge, claims, style: this.edgeStyle(edge, claims, !litEdges || litEdges.has(id), litEdges?.get(id)) };
      });
      const fans = fan.map((line) => ({ edge: line.bundle, claims: [line.claim], via: this.viaOf(line.id), style: this.fanEdge(line) }));
      const ends = new Map([...this.live.nodes].map((id) => [id, { ...this.nodeById.get(id), ...this.placeOf(id) }]));
      return [...bundles, ...fans].map(({ edge, ...line }) => ({ ...line, from: ends.get(edge.from), to: ends.get(edge.to) }));
    }

    /** The frame of some nodes with their names: left, top, right and bottom. */
    frameOf(nodes) {
      const wide = (node) => Math.max(node.size, ...(node.lines ?? []).map((line) => 3.1 * line.length));
      const edge = (pick, of) => (nodes.length ? pick(...nodes.map(of)) : 0);
      return [
        edge(Math.min, (node) => node.x - wide(node)),
        edge(Math.min, (node) => node.y - node.size),
        edge(Math.max, (node) => node.x + wide(node)),
        edge(Math.max, (node) => node.y + node.size + 14 * (node.lines ?? []).length),
      ];
    }

    isDrawn(edge) {
      return this.live.nodes.has(edge.from) && this.live.nodes.has(edge.to);
    }

    lineWords(id, numbers, positions) {
      const edge = this.edgeById.get(id);
      const claims = numbers.map((number) => this.model.claims[number]);
      const labels = [...new Set(claims.map((claim) => this.model.relations[claim.relation].label))];
      const denied = claims.filter((claim) => claim.polarity === "denied").length;
      return {
        from: positions[edge.from],
        to: positions[edge.to],
        text: !edge.signed ? "" : labels.length === 1 ? (denied === claims.length ? `not: ${labels[0]}` : labels[0]) : "",
        count: claims.length,
        denied,
        isContested: claims.some((claim) => claim.contested),
        world: Worlds.sign(this.model, numbers),
        isSigned: edge.signed,
        isLit: !this.live.litEdges || this.live.litEdges.has(id),
        isSelected: this.live.litEdges?.get(id) === true,
        isHovered: this.hovered?.edge === id,
      };
    }

    hover(thing) {
      this.hovered = thing;
      this.container.classList.toggle("pointing", thing !== null);
      this.network.redraw();
    }

    click(point) {
      const node = this.network.getNodeAt(point);
      if (node !== undefined) return this.onSelect(this.selectionOf(node));
      const id = this.network.getEdgeAt(point);
      const spread = this.live.fan.find((line) => line.id === id);
      if (spread) return this.onSelect({ claim: spread.claim });
      const edge = this.edgeById.get(id);
      if (!edge) return this.onSelect(null);
      return this.onSelect(edge.part ? { claim: edge.claims[0] } : { nodes: [edge.from, edge.to] });
    }

    selectionOf(node) {
      const { claim } = this.model.nodes[node];
      return claim === undefined ? { nodes: [node] } : { claim };
    }

    /** Arrow keys walk from node to node, Enter selects, + - 0 zoom, letters and figures look closer at what is walked to or selected. */
    key(event) {
      const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      if (ways[event.key]) this.walk(...ways[event.key]);
      else if (event.key === "Enter" && this.walked !== undefined) this.onSelect(this.selectionOf(this.walked));
      else if (event.key === "+" || event.key === "=") this.zoom(1.3);
      else if (event.key === "-") this.zoom(1 / 1.3);
      else if (event.key === "0") this.fit({});
      else if (/^[ohpt123]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) this.onFocus(event.key, this.walked);
      else return;
      event.preventDefault();
    }

    walk(dx, dy) {
      const named = [...this.live.nodes].filter((id) => !this.nodeById.get(id).mark);
      const here = this.nodeById.get(this.walked ?? [...this.live.chosen][0]);
      if (!here) this.walked = named[0];
      else {
        const cost = (id) => {
          const node = this.nodeById.get(id);
          const along = (node.x - here.x) * dx + (node.y - here.y) * dy;
          const aside = Math.abs((node.x - here.x) * dy) + Math.abs((node.y - here.y) * dx);
          return along > 1 ? along + 2 * aside : Infinity;
        };
        const next = named.reduce((best, id) => (cost(id) < cost(best) ? id : best), here.id);
        this.walked = next;
      }
      if (this.walked === undefined) return;
      say(`At ${this.model.nodes[this.walked].label}, Enter shows its claims`);
      this.network.moveTo({ position: this.network.getPosition(this.walked), animation: false });
    }

    zoom(factor) {
      this.isUntouched = false;
      this.network.moveTo({ scale: this.network.getScale() * factor, animation: this.animation() });
    }

    animation() {
      return isStill() ? false : { duration: 220, easingFunction: "easeInOutQuad" };
    }

    /** Set everything that is drawn into the frame, names included. */
    fit({ animate = true } = {}) {
      const nodes = [...this.live.nodes].map((id) => this.nodeById.get(id));
      if (!nodes.length || this.container.clientWidth < 80 || this.container.clientHeight < 80) return;
      const [left, top, right, bottom] = this.frameOf(nodes);
      const room = { x: this.container.clientWidth - 64, y: this.container.clientHeight - 64 };
      const scale = Math.min(1.6, room.x / (right - left || 1), room.y / (bottom - top || 1));
      const position = { x: (left + right) / 2, y: (top + bottom) / 2 };
      this.network.moveTo({ position, scale, animation: animate ? this.animation() : false });
      this.isUntouched = true;
    }

    /** Bring a node into the frame when it is out of it. */
    reveal(node) {
      if (!this.live.nodes.has(node)) return;
      const { x, y } = this.network.canvasToDOM(this.network.getPosition(node));
      const { clientWidth: width, clientHeight: height } = this.container;
      if (x > 40 && y > 40 && x < width - 40 && y < height - 60) return;
      this.network.moveTo({ position: this.network.getPosition(node), animation: this.animation() });
    }

    /** Set a node into the middle. */
    centre(node) {
      if (!this.live.nodes.has(node)) return;
      this.isUntouched = false;
      this.network.moveTo({ position: this.placeOf(node), scale: Math.max(this.network.getScale(), 0.9), animation: this.animation() });
    }

    /** Where a node is on the screen: for tests and for things that point at it. */
    pointOf(node) {
      return this.network.canvasToDOM(this.network.getPosition(node));
    }

    repaint() {
      this.readColours();
      this.update();
    }
  }

  return { View };
})();
