/* Where the map stands: moved by hand and by keys, fitted to what is drawn, never taken from under a hand. */
const MapCamera = (() => {
  "use strict";
  const { isStill, say } = Elements;
  // What is left of the claims is small when it could be drawn so many times as large: it fills less than half of the stage.
  const SMALL = 1.4;
  const LARGEST = 1.6;
  const EDGE = 32;
  const NARROW = 600;
  const HALVINGS = 24;
  // Where the buttons for zooming stand.
  const ASIDE = 40;
  const GAP = 6;

  /** What moves a map. `live.nodes` are the nodes drawn, `nodeById` tells their places. */
  class Camera {
    constructor(container) {
      this.container = container;
      this.isUntouched = true;
      this.roomAbove = 0;
      this.size = {};
    }

    /** Move the map, which may just have got another size; the library zooms when it has. */
    moveTo(where) {
      const scale = this.network.getScale();
      this.network.canvas.setSize();
      this.stand = null;
      this.isMoving = Boolean(where.animation);
      this.network.moveTo({ scale, ...where });
      if (!where.animation) this.keep();
    }

    /** Keep in mind where the map stands. */
    keep() {
      this.stand = { scale: this.network.getScale(), position: this.network.getViewPosition() };
    }

    /** In a frame of another size a map that no hand has moved is fitted, another stands as before. */
    resized() {
      const { clientWidth, clientHeight } = this.container;
      if (clientWidth === this.size.width && clientHeight === this.size.height) return;
      this.size = { width: clientWidth, height: clientHeight };
      if (this.isUntouched) this.fit({ animate: false });
      else if (this.stand && !this.isMoving) {
        this.moveTo({ ...this.stand, animation: false });
        this.reveal([...this.live.chosen]);
      }
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
      this.moveTo({ position: this.placeOf(this.walked), animation: false });
    }

    zoom(factor) {
      this.isUntouched = false;
      this.moveTo({ scale: this.network.getScale() * factor, animation: this.animation() });
    }

    animation() {
      return isStill() ? false : { duration: 220, easingFunction: "easeInOutQuad" };
    }

    /** Where the map must stand for everything drawn to be in the frame, names included; nothing where there is no frame. */
    fitting() {
      const nodes = [...this.live.nodes].map((id) => Camera.extentOf(this.nodeById.get(id)));
      const { clientWidth, clientHeight } = this.container;
      if (!nodes.length || clientWidth < 80 || clientHeight < 80) return null;
      const room = { x: clientWidth - EDGE - ASIDE, y: clientHeight - EDGE - this.roomAbove };
      // Names keep their size on the screen whatever the scale: the largest at which everything has room is found by halving.
      const share = clientWidth < NARROW ? 0.5 : 1;
      const has = (scale) => (([left, top, right, bottom]) => right - left <= room.x && bottom - top <= room.y)(this.frameOf(nodes, scale, share));
      let [low, scale] = [0, LARGEST];
      for (let at = 0; at < HALVINGS && !(scale - low < 1e-4) && !(at === 0 && has(scale)); at += 1) {
        const middle = (low + scale) / 2;
        if (has(middle)) low = middle;
        else scale = middle;
      }
      scale = has(scale) ? scale : Math.max(low, 0.02);
      const [left, top, right, bottom] = this.frameOf(nodes, scale, share).map((edge) => edge / scale);
      return { frame: [left, top, right, bottom], scale, position: { x: (left + right) / 2 + ASIDE / 2 / scale, y: (top + bottom) / 2 - this.roomAbove / 2 / scale } };
    }

    /** Set everything that is drawn into the frame. */
    fit({ animate = true } = {}) {
      const found = this.fitting();
      if (!found) return;
      this.moveTo({ position: found.position, scale: found.scale, animation: animate ? this.animation() : false });
      this.isUntouched = true;
      this.onOffer(false);
    }

    /** After a filter: what is left stands small or out of sight, so it is fitted; where a hand has moved the map, that is offered. */
    settle() {
      const found = this.fitting();
      if (!found) return;
      const isSmall = found.scale > SMALL * this.network.getScale();
      if (this.isUntouched) {
        if (isSmall || this.seen(found.frame) < 1) this.fit();
      } else this.onOffer(isSmall || this.seen(found.frame) < 0.5);
    }

    /** How much of a frame is in sight, as a share of it. */
    seen([left, top, right, bottom]) {
      const [start, end] = [this.network.canvasToDOM({ x: left, y: top }), this.network.canvasToDOM({ x: right, y: bottom })];
      const inside = (low, high, room) => Math.max(0, Math.min(high, room) - Math.max(low, 0)) / (high - low || 1);
      return inside(start.x, end.x, this.container.clientWidth) * inside(start.y, end.y, this.container.clientHeight);
    }

    /** Bring the first of some nodes into the frame when all of them are out of it. */
    reveal(nodes) {
      const drawn = nodes.filter((node) => this.live.nodes.has(node));
      if (!drawn.length || drawn.some((node) => this.isInSight(node))) return;
      this.moveTo({ position: this.placeOf(drawn[0]), animation: this.animation() });
    }

    isInSight(node) {
      const { x, y } = this.pointOf(node);
      const { clientWidth: width, clientHeight: height } = this.container;
      return x > 40 && y > 40 && x < width - 40 && y < height - 60;
    }

    /** Set a node into the middle. */
    centre(node) {
      if (!this.live.nodes.has(node)) return;
      this.isUntouched = false;
      this.moveTo({ position: this.placeOf(node), scale: Math.max(this.network.getScale(), 0.9), animation: this.animation() });
    }

    /** Where a node is on the screen: for tests and for things that point at it. */
    pointOf(node) {
      return this.network.canvasToDOM(this.placeOf(node));
    }

    /** What the frame of a node takes to be known: where it is, how large, and how long and how many the lines of its name are. */
    static extentOf({ x, y, size, lines = [] }) {
      return { x, y, size, longest: Math.max(0, ...lines.map(({ length }) => length)), rows: lines.length };
    }

    /** The frame of some nodes with their names at a scale, in pixels: left, top, right and bottom; of names perhaps only a share. */
    frameOf(nodes, scale = 1, share = 1) {
      if (!nodes.length) return [0, 0, 0, 0];
      const frame = [Infinity, Infinity, -Infinity, -Infinity];
      for (const { x, y, size, longest, rows } of nodes) {
        const tall = size * Math.max(scale, 0.72);
        const wide = Math.max(tall, share * 3.1 * longest);
        frame[0] = Math.min(frame[0], x * scale - wide);
        frame[1] = Math.min(frame[1], y * scale - tall);
        frame[2] = Math.max(frame[2], x * scale + wide);
        frame[3] = Math.max(frame[3], y * scale + tall + share * 14 * rows);
      }
      return frame;
    }

    /** The boxes of what stands over the map, in pixels from its corner. */
    aside() {
      const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = this.container.parentElement.querySelector(".zoom");
      return width ? [[left - GAP, top - GAP, left + width + GAP, top + height + GAP]] : [];
    }
  }

  return { Camera };
})();
