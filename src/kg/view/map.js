/* The map: the one place that knows the drawing library. It draws what it is told and says what was clicked. */
const ClaimMap = (() => {
  "use strict";
  const { isDark, isForced } = Elements;
  const DRAWN_AT_MOST = 400;
  // So many names are always there, those with most claims; so many more may lie over marks and signs.
  const FOREMOST = 8;
  const NEXT = 14;
  const FANNED_AT_MOST = 16;
  const BOW = 0.13;
  // What is handed on or printed stands on white, whatever the screen shows.
  const ON_PAPER = { ink: "#1f1d1a", muted: "#6a655d", line: "#8d877d", paper: "#ffffff", accent: "#a2321c", faint: "#dcd8d0" };

  class View extends MapCamera.Camera {
    constructor(container, model, { onSelect, onFocus = () => {}, onOffer = () => {}, onNote = () => 0 }) {
      super(container);
      this.model = model;
      this.onSelect = onSelect;
      this.onFocus = onFocus;
      this.onOffer = onOffer;
      this.onNote = onNote;
      this.scenes = new Scenes.Chooser(model);
      this.lines = new MapLines.Reader(model);
      this.drawn = new Map();
      this.drawing = { nodes: [], edges: [] };
      this.nodeById = this.edgeById = new Map();
      this.paths = new Map(model.kinds.map((kind) => [kind.name, new Path2D(kind.path)]));
      this.live = { nodes: new Set(), edges: new Map(), litNodes: null, litEdges: null, chosen: new Set(), pinned: new Set(), fan: [] };
      this.hovered = null;
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
      this.network.on("afterDrawing", (context) => (this.drawWords(context), this.keep()));
      this.network.on("click", ({ pointer }) => this.click(pointer.DOM));
      this.network.on("hoverNode", ({ node }) => this.hover({ node }));
      this.network.on("blurNode", () => this.hover(null));
      this.network.on("hoverEdge", ({ edge }) => this.hover({ edge }));
      this.network.on("blurEdge", () => this.hover(null));
      this.network.on("dragEnd", () => (this.isUntouched = false));
      this.network.on("zoom", () => (this.isUntouched = false));
      // Told of a new size after the library, which moves what it shows when it is told.
      new ResizeObserver(() => this.resized()).observe(this.container);
      this.network.on("animationFinished", () => (this.isMoving = false));
      this.container.addEventListener("keydown", (event) => this.key(event));
      isForced.addEventListener("change", () => this.repaint());
    }

    readColours() {
      const style = getComputedStyle(document.documentElement);
      const names = ["ink", "muted", "line", "paper", "accent", "faint"];
      this.colours = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
      this.font = getComputedStyle(document.body).fontFamily;
    }

    /** Take up another drawing; its parts are handed to the library when they are first shown. */
    load(drawing) {
      Object.assign(this.live, { nodes: new Set(), edges: new Map(), fan: [], fanned: null });
      this.hovered = null;
      this.walked = undefined;
      this.drawn.clear();
      this.edges.clear();
      this.nodes.clear();
      this.drawing = drawing;
      this.nodeById = new Map(drawing.nodes.map((node) => [node.id, node]));
      this.edgeById = new Map(drawing.edges.map((edge) => [edge.id, edge]));
    }

    /** Change many things and draw once, in the next frame. */
    atOnce(change) {
      const { emitter } = this.network.body;
      emitter.emit("_blockRedraw");
      try {
        change();
        this.measure();
      } finally {
        emitter.emit("_allowRedraw");
        emitter.emit("_requestRedraw");
      }
    }

    /** Give nodes their boxes: the library measures one when it draws it, and draws none that is new as its box lies nowhere. */
    measure() {
      const context = this.network.canvas.getContext();
      for (const node of Object.values(this.network.body.nodes)) node.updateBoundingBox(context);
    }

    /** Show these claims, and light up what belongs to the selection. */
    show(shown, selection, pinned = []) {
      this.atOnce(() => this.change(shown, selection, pinned));
    }

    change(shown, selection, pinned) {
      const drawing = this.scenes.choose(shown, selection, pinned);
      const isOther = drawing !== this.drawing;
      if (isOther) this.load(drawing);
      const before = this.live.nodes;
      this.count(shown, pinned);
      this.light(selection);
      this.fanOut(selection);
      this.update();
      this.note = (!this.live.nodes.size && "No claim passes the filters: nothing is drawn.") || drawing.note() || (this.left ? `The map draws the ${this.live.nodes.size} names with most claims; ${this.left} more are in the table and in the search.` : "");
      this.roomAbove = this.onNote(this.note);
      const isAsBefore = before.size === this.live.nodes.size && [...before].every((node) => this.live.nodes.has(node));
      if (isOther) this.fit({ animate: false });
      else if (!isAsBefore) this.settle();
      // What stands above the map may leave it another room: it is drawn for that at once, and not anew when the room is observed.
      this.resized();
    }

    /** Which nodes and lines are shown, and of too many those with most claims. */
    count(shown, pinned) {
      const counted = new Map();
      this.live.edges = new Map();
      for (const edge of this.drawing.edges) {
        const claims = edge.claims.filter((number) => shown.isShown.has(number));
        if (!claims.length) continue;
        this.live.edges.set(edge.id, claims);
        [edge.from, edge.to].forEach((node) => counted.set(node, (counted.get(node) ?? 0) + claims.length));
      }
      for (const [node, count] of this.drawing.inside?.(shown) ?? []) counted.set(node, (counted.get(node) ?? 0) + count);
      const ranked = [...counted.keys()].sort((a, b) => counted.get(b) - counted.get(a) || a - b);
      this.live.pinned = new Set(pinned.filter((node) => this.nodeById.has(node)));
      this.live.nodes = new Set([...this.live.pinned, ...ranked].slice(0, DRAWN_AT_MOST));
      this.left = ranked.filter((node) => !this.live.nodes.has(node)).length;
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
      return { id, from, to, hidden: false, smooth, ...this.lines.style(bundle, [claim], true, isChosen, this.colours) };
    }

    /** Light up the lines of a selection, and more quietly those of the claims that it makes itself. */
    light(selection) {
      const live = this.live;
      live.chosen = new Set(selection?.nodes ?? []);
      live.litNodes = live.litEdges = null;
      if (!selection) return;
      const about = new Set(this.model.selected(selection));
      if (selection.passages) about.forEach((number) => this.endsOf(number).forEach((node) => live.chosen.add(node)));
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

    /** Hand the library what is shown, of it only what looks otherwise than before. */
    update() {
      const { nodes, edges, litEdges, fanned } = this.live;
      const isNew = (id, look) => look !== (this.drawn.get(id) ?? "") && this.drawn.set(id, look);
      const shapes = [];
      for (const { id, x, y, size } of this.drawing.nodes) {
        const isSeen = nodes.has(id);
        if (isNew(id, isSeen ? "seen" : "")) shapes.push(isSeen ? { id, x, y, size, shape: "custom", ctxRenderer: this.renderer, hidden: false } : { id, hidden: true });
      }
      const lines = [];
      for (const edge of this.drawing.edges) {
        const { id, from, to } = edge;
        const claims = edges.get(id);
        const isSeen = claims && id !== fanned && nodes.has(from) && nodes.has(to);
        const style = isSeen && this.styleOf(edge, claims, litEdges);
        if (isNew(id, isSeen ? Object.values(style.color).join() + style.width + style.dashes + style.arrows.to.enabled + style.arrows.from.enabled : "")) lines.push(isSeen ? { id, from, to, hidden: false, ...style } : { id, hidden: true });
      }
      if (shapes.length) this.nodes.update(shapes);
      const fan = this.live.fan.map((line) => this.fanEdge(line));
      if (lines.length || fan.length) this.edges.update([...lines, ...fan]);
    }

    styleOf(edge, claims, litEdges) {
      return this.lines.style(edge, claims, !litEdges || litEdges.has(edge.id), litEdges?.get(edge.id), this.colours);
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
      const layer = new MapWords.Layer(ctx, scale, this.colours, this.font, ctx.frame ? {} : { above: this.roomAbove, aside: this.aside() });
      const seen = [...this.live.nodes].map((id) => this.nodeById.get(id));
      const lines = [...this.live.edges].filter(([id]) => this.isDrawn(this.edgeById.get(id)) && id !== this.live.fanned);
      const ends = lines.map(([id, claims]) => this.lineWords(this.edgeById.get(id), claims));
      const fan = this.live.fan.map((line) => this.bowWords(line));
      ends.sort((a, b) => b.isLit - a.isLit || b.isContested - a.isContested);
      const isNamed = (node) => this.live.chosen.has(node.id) || this.live.pinned.has(node.id) || this.hovered?.node === node.id || this.walked === node.id;
      const rank = (node) => (isNamed(node) ? 0 : this.live.litNodes?.has(node.id) ? 1 : 2);
      seen.sort((a, b) => Boolean(a.mark) - Boolean(b.mark) || rank(a) - rank(b) || b.weight - a.weight || a.id - b.id);
      seen.forEach((node, at) => this.isLit(node.id) && layer.block(node.x, node.y, this.radius(node), node.mark ? "mark" : this.live.litNodes || at < FOREMOST ? "chosen" : "node"));
      const name = (node, at) => {
        const worth = this.live.litNodes ? "lit" : at < FOREMOST ? "foremost" : at < NEXT ? "next" : "other";
        layer.name(node, { lines: node.mark ? [] : node.lines, radius: this.radius(node), isLit: this.isLit(node.id), isForced: isNamed(node), worth });
      };
      const [vital, other] = [ends.filter(MapWords.isVital), ends.filter((line) => !MapWords.isVital(line))];
      vital.forEach((line) => layer.sign(line));
      const { taken } = layer;
      const inTheWay = this.live.litNodes ? [...fan, ...ends.filter(({ isSelected }) => isSelected)] : [];
      layer.taken = [...taken, ...inTheWay.flatMap((line) => layer.dots(line))];
      seen.forEach((node, at) => at < FOREMOST && name(node, at));
      if (!inTheWay.length) other.forEach((line) => layer.sign(line));
      seen.forEach((node, at) => at < FOREMOST || name(node, at));
      layer.taken = [...taken, ...layer.names.map(({ box }) => [...box, MapWords.NEVER])];
      if (inTheWay.length) other.forEach((line) => layer.sign(line));
      layer.fan(fan);
      ends.sort((a, b) => b.isHovered - a.isHovered || b.isLit - a.isLit);
      ends.filter((line) => line.isLit || line.isHovered).forEach((line) => layer.alongLine(line));
      Object.assign(this, { named: layer.names, worded: layer.words });
    }

    bowWords({ id, claim, bundle }) {
      const ends = { from: this.placeOf(bundle.from), to: this.placeOf(bundle.to), via: this.viaOf(id) };
      return { ...ends, texts: this.lines.said(claim), isHovered: this.hovered?.edge === id, isSelected: this.live.claim === claim };
    }

    lineWords(edge, numbers) {
      const { id, from, to } = edge;
      const { litEdges } = this.live;
      const light = { isLit: !litEdges || litEdges.has(id), isSelected: litEdges?.get(id) === true, isHovered: this.hovered?.edge === id };
      return { from: this.placeOf(from), to: this.placeOf(to), ...this.lines.words(edge, numbers), ...light };
    }

    /** The point towards which a line bows; nothing for a straight one. */
    viaOf(id) {
      const edge = this.network.body.edges[id];
      return edge?.options.smooth?.enabled ? edge.edgeType.getViaNode() : undefined;
    }

    placeOf(node) {
      const { x, y } = this.nodeById.get(node);
      return { x, y };
    }

    /** Everything drawn as lines: where they run, how they look, which claims they are. */
    linesDrawn() {
      const { edges, fan, litEdges, fanned } = this.live;
      const bundles = [...edges].filter(([id]) => this.isDrawn(this.edgeById.get(id)) && id !== fanned).map(([id, claims]) => {
        const edge = this.edgeById.get(id);
        return { edge, claims, style: this.styleOf(edge, claims, litEdges) };
      });
      const fans = fan.map((line) => ({ edge: line.bundle, claims: [line.claim], via: this.viaOf(line.id), style: this.fanEdge(line) }));
      return [...bundles, ...fans].map(({ edge, ...line }) => ({ ...line, from: this.nodeById.get(edge.from), to: this.nodeById.get(edge.to) }));
    }

    isDrawn(edge) {
      return this.live.nodes.has(edge.from) && this.live.nodes.has(edge.to);
    }

    hover(thing) {
      this.hovered = thing;
      this.container.classList.toggle("pointing", thing !== null);
      this.network.body.emitter.emit("_requestRedraw");
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

    repaint() {
      this.readColours();
      this.atOnce(() => this.update());
    }
  }

  return { View };
})();
