/* The map: the one place that knows the drawing library. It draws what it is told and says what was clicked. */
const ClaimMap = (() => {
  "use strict";
  const { isDark, isStill } = Elements;
  const DRAWN_AT_MOST = 400;
  const ALWAYS_NAMED = 14;
  const DENIED = [8, 6];
  const HEDGED = [1.5, 5];
  const DENIED_AND_HEDGED = [8, 5, 1.5, 5];

  class View {
    constructor(container, model, { onSelect }) {
      this.container = container;
      this.model = model;
      this.onSelect = onSelect;
      this.drawing = model.drawing;
      this.nodeById = new Map(this.drawing.nodes.map((node) => [node.id, node]));
      this.edgeById = new Map(this.drawing.edges.map((edge) => [edge.id, edge]));
      this.paths = new Map(model.kinds.map((kind) => [kind.name, new Path2D(kind.path)]));
      this.live = { nodes: new Set(), edges: new Map(), litNodes: null, litEdges: null, chosen: new Set() };
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
      const nodes = this.drawing.nodes.map(({ id, x, y, size }) => ({ id, x, y, size, shape: "custom", ctxRenderer: renderer, hidden: true }));
      const edges = this.drawing.edges.map(({ id, from, to }) => ({ id, from, to, hidden: true }));
      this.nodes = new vis.DataSet(nodes);
      this.edges = new vis.DataSet(edges);
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
    }

    readColours() {
      const style = getComputedStyle(document.documentElement);
      const names = ["ink", "muted", "line", "paper", "accent", "faint"];
      this.colours = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
      this.font = getComputedStyle(document.body).fontFamily;
    }

    /** Show these claims, and light up what belongs to the selection. */
    show(shown, selection) {
      const counted = new Map();
      this.live.edges = new Map();
      for (const edge of this.drawing.edges) {
        const claims = edge.claims.filter((number) => shown.isShown.has(number));
        if (!claims.length) continue;
        this.live.edges.set(edge.id, claims);
        [edge.from, edge.to].forEach((node) => counted.set(node, (counted.get(node) ?? 0) + claims.length));
      }
      const ranked = [...counted.keys()].sort((a, b) => counted.get(b) - counted.get(a) || a - b);
      this.live.nodes = new Set(ranked.slice(0, DRAWN_AT_MOST));
      this.left = ranked.length - this.live.nodes.size;
      this.light(selection);
      this.update();
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
          if (!claims || !nodes.has(edge.from) || !nodes.has(edge.to)) return { id: edge.id, hidden: true };
          return { id: edge.id, hidden: false, ...this.edgeStyle(edge, claims, !litEdges || litEdges.has(edge.id), litEdges?.get(edge.id)) };
        }),
      );
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
      ctx.fillStyle = this.isLit(id) ? (isDark() ? kind.dark : kind.light) : this.colours.faint;
      ctx.fill(this.paths.get(node.kind));
      ctx.restore();
    }

    /** Names and signs, in the size of the screen: the important first, and none over another. */
    drawWords(ctx) {
      const scale = this.network.getScale();
      const layer = new MapWords.Layer(ctx, scale, this.colours, this.font);
      const positions = this.network.getPositions();
      const seen = [...this.live.nodes].map((id) => ({ ...this.nodeById.get(id), ...positions[id] }));
      seen.filter((node) => this.isLit(node.id)).forEach((node) => layer.block(node.x, node.y, this.radius(node), node.mark ? 1 : 2));
      const lines = [...this.live.edges].filter(([id]) => this.isDrawn(this.edgeById.get(id)));
      const ends = lines.map(([id, claims]) => this.lineWords(id, claims, positions));
      ends.sort((a, b) => b.isLit - a.isLit || b.isContested - a.isContested);
      ends.forEach((line) => layer.sign(line));
      const isNamed = (node) => this.live.chosen.has(node.id) || this.hovered?.node === node.id || this.walked === node.id;
      const rank = (node) => (isNamed(node) ? 0 : this.live.litNodes?.has(node.id) ? 1 : 2);
      seen.sort((a, b) => rank(a) - rank(b) || b.weight - a.weight || a.id - b.id);
      seen.forEach((node, at) => {
        const mayCost = at < ALWAYS_NAMED || this.live.litNodes?.has(node.id) ? 5 : 0;
        const lines = node.mark ? [] : node.lines;
        layer.name(node, { lines, radius: this.radius(node), isLit: this.isLit(node.id), isForced: isNamed(node), mayCost });
      });
      ends.sort((a, b) => b.isHovered - a.isHovered || b.isLit - a.isLit);
      ends.filter((line) => line.isLit || line.isHovered).forEach((line) => layer.alongLine(line));
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
      const edge = this.edgeById.get(this.network.getEdgeAt(point));
      if (!edge) return this.onSelect(null);
      return this.onSelect(edge.part ? { claim: edge.claims[0] } : { nodes: [edge.from, edge.to] });
    }

    selectionOf(node) {
      const { claim } = this.model.nodes[node];
      return claim === undefined ? { nodes: [node] } : { claim };
    }

    /** Arrow keys walk from node to node, Enter selects, + - 0 zoom. */
    key(event) {
      const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      if (ways[event.key]) this.walk(...ways[event.key]);
      else if (event.key === "Enter" && this.walked !== undefined) this.onSelect(this.selectionOf(this.walked));
      else if (event.key === "+" || event.key === "=") this.zoom(1.3);
      else if (event.key === "-") this.zoom(1 / 1.3);
      else if (event.key === "0") this.fit({});
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
      const { label } = this.model.nodes[this.walked];
      this.container.setAttribute("aria-label", `Map, at ${label}; Enter shows its claims`);
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
      const wide = (node) => Math.max(node.size, ...node.lines.map((line) => 3.1 * line.length));
      const left = Math.min(...nodes.map((node) => node.x - wide(node)));
      const right = Math.max(...nodes.map((node) => node.x + wide(node)));
      const top = Math.min(...nodes.map((node) => node.y - node.size));
      const bottom = Math.max(...nodes.map((node) => node.y + node.size + 14 * node.lines.length));
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
