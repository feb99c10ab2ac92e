/* Words on the map: names of nodes, words along lines and signs on them, in the size of the screen, placed so that none covers another. */
const MapWords = (() => {
  "use strict";
  const NAME_SIZE = 11.5;
  const LINE_SIZE = 10.5;
  const LEADING = 1.18;
  const NEVER = 1000;
  const MARGIN = 12;
  // What it costs to stand on the mark of a claim, on a node, on a node of what is selected.
  const ON = { mark: 1, sign: 4, node: 4, chosen: 40 };
  // So many places are beside the node; what is further off may seem to name something else.
  const NEAR = 8;
  const FAR = 9;
  // What a name may cost to stand: one of the foremost, one of a selection, one of the next, any other.
  const WORTH = { foremost: 60, lit: 12, next: 3, other: 0 };

  /** What of the map a canvas shows: left, top, right and bottom. */
  function frameOf(ctx) {
    const corner = (x, y) => new DOMPoint(x, y).matrixTransform(ctx.getTransform().inverse());
    const [start, end] = [corner(0, 0), corner(ctx.canvas.width, ctx.canvas.height)];
    return [start.x, start.y, end.x, end.y];
  }

  /** A point of a line that bows towards a point beside it. */
  function onCurve(from, via, to, share) {
    const mix = (axis) => (1 - share) ** 2 * from[axis] + 2 * share * (1 - share) * via[axis] + share ** 2 * to[axis];
    return [mix("x"), mix("y")];
  }

  // Where on a line something may stand, the best first; and where a line is, for what is not to lie on it.
  const SHARES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74];
  const DOTS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
  const along = ({ from, to, via }, shares) => shares.map((share) => (via ? onCurve(from, via, to, share) : [from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share]));

  /** Places for a name at some distance from its node, all around it. */
  function further({ x, y }, gap, width, height) {
    const [half, tall] = [width / 2, height / 2];
    return [
      [x - half, y + gap, "center"],
      [x - half, y - gap - height, "center"],
      [x + gap, y - tall, "left"],
      [x - gap - width, y - tall, "right"],
      [x + gap * 0.4, y + gap, "left"],
      [x - gap * 0.4 - width, y + gap, "right"],
      [x + gap * 0.4, y - gap - height, "left"],
      [x - gap * 0.4 - width, y - gap - height, "right"],
    ];
  }

  const isVital = ({ isContested, denied }) => isContested || denied > 0;

  class Layer {
    /** Everything here is in units of the map; `scale` turns them into pixels. */
    constructor(ctx, scale, colours, font, { above = 0, aside = [] } = {}) {
      Object.assign(this, { ctx, scale, colours, font });
      const [left, top, right, bottom] = ctx.frame ?? frameOf(ctx);
      const margin = ctx.frame ? 0 : this.px(MARGIN);
      this.frame = [left + margin, top + margin + this.px(above), right - margin, bottom - margin];
      // What stands over the map, in pixels from its corner.
      this.taken = aside.map((box) => [...box.map((edge, at) => (at % 2 ? top : left) + this.px(edge)), NEVER]);
      this.names = [];
      this.words = [];
      ctx.lineJoin = "round";
      ctx.setLineDash([]);
    }

    px(pixels) {
      return pixels / this.scale;
    }

    block(x, y, radius, what) {
      this.taken.push([x - radius, y - radius, x + radius, y + radius, ON[what]]);
    }

    /** What standing in a box would cost: nothing where it is free, a little over a mark, everything over another name. */
    cost([left, top, right, bottom]) {
      const { taken } = this;
      let sum = 0;
      for (let at = 0; at < taken.length; at += 1) {
        const box = taken[at];
        if (left < box[2] && right > box[0] && top < box[3] && bottom > box[1]) sum += box[4];
      }
      return sum;
    }

    isFree(box) {
      return this.cost(box) === 0;
    }

    /** Of some places the first that costs least; `boxesOf` tells what one takes. */
    cheapest(places, boxesOf) {
      const costs = places.map((place) => boxesOf(place).reduce((sum, box) => sum + this.cost(box), 0));
      return places[costs.indexOf(Math.min(...costs))];
    }

    isInside([left, top, right, bottom]) {
      return left >= this.frame[0] && top >= this.frame[1] && right <= this.frame[2] && bottom <= this.frame[3];
    }

    /** The name of a node: below, above, right or left of it, where there is room or it costs no more than it may; else not at all. */
    name(node, { lines, radius, isLit, isForced, worth }) {
      if (!lines.length || (!isLit && !isForced)) return;
      const { ctx } = this;
      const size = this.px(NAME_SIZE);
      ctx.font = `${isForced ? 600 : 400} ${size}px ${this.font}`;
      const width = Math.max(...lines.map((line) => ctx.measureText(line).width));
      const height = lines.length * size * LEADING;
      const gap = radius * 1.15 + this.px(3);
      const places = [
        [node.x - width / 2, node.y + gap, "center"],
        [node.x - width / 2, node.y - gap - height, "center"],
        [node.x + gap, node.y - height / 2, "left"],
        [node.x - gap - width, node.y - height / 2, "right"],
        [node.x + gap * 0.6, node.y + gap * 0.6, "left"],
        [node.x - gap * 0.6 - width, node.y + gap * 0.6, "right"],
        [node.x + gap * 0.6, node.y - gap * 0.6 - height, "left"],
        [node.x - gap * 0.6 - width, node.y - gap * 0.6 - height, "right"],
      ];
      const boxOf = ([left, top]) => [left, top, left + width, top + height];
      // What is asked for by name, and what is foremost, stands further off rather than over something else.
      if (isForced || WORTH[worth] > FAR) places.push(...further(node, gap + this.px(16), width, height));
      if (worth === "foremost") places.push(...further(node, gap + this.px(36), width, height));
      const costs = places.map((each, at) => this.cost(boxOf(each)) + (this.isInside(boxOf(each)) ? 0 : NEVER) + (at < NEAR ? 0 : FAR));
      const least = Math.min(...costs);
      if (least > WORTH[worth] && !isForced) return;
      const place = places[costs.indexOf(least)];
      this.taken.push([...boxOf(place), NEVER]);
      this.names.push({ node: node.id, box: boxOf(place) });
      const [left, top, align] = place;
      const x = align === "center" ? left + width / 2 : align === "left" ? left : left + width;
      lines.forEach((line, row) => this.text(line, x, top + (row + 0.5) * size * LEADING, align, this.colours.ink));
    }

    text(words, x, y, align, colour) {
      const { ctx } = this;
      ctx.textAlign = align;
      ctx.textBaseline = "middle";
      ctx.lineWidth = this.px(5); // wide enough that no line shows between two words
      ctx.strokeStyle = this.colours.paper;
      ctx.strokeText(words, x, y);
      ctx.fillStyle = colour;
      ctx.fillText(words, x, y);
    }

    /** The sign on a line: how many claims, a cross where something is denied, ≠ where claims disagree. */
    sign(line) {
      const parts = [];
      if (line.isSigned && line.world) parts.push(line.world);
      if (line.isSigned && line.isContested && !line.world?.includes("≠")) parts.push("≠");
      if (line.isSigned && line.denied) parts.push("✕");
      if (line.isSigned && line.count > 1) parts.push(String(line.count));
      if (!parts.length) return;
      const { ctx } = this;
      const words = parts.join(" ");
      const size = this.px(10.5);
      ctx.font = `600 ${size}px ${this.font}`;
      const half = Math.max(ctx.measureText(words).width / 2 + this.px(4), this.px(8));
      const tall = this.px(8);
      const box = ([x, y]) => [x - half, y - tall, x + half, y + tall];
      const place = this.cheapest(along(line, SHARES), (each) => [box(each)]);
      // What must be told apart always stands, a number only where it covers no name.
      if (!this.isFree(box(place)) && (!line.isLit || (!isVital(line) && this.cost(box(place)) >= NEVER))) return;
      const [x, y] = place;
      ctx.beginPath();
      ctx.roundRect(x - half, y - tall, 2 * half, 2 * tall, tall);
      ctx.fillStyle = line.isContested && line.isLit ? this.colours.ink : this.colours.paper;
      ctx.fill();
      ctx.lineWidth = this.px(1);
      ctx.strokeStyle = line.isLit ? (line.isSelected ? this.colours.accent : this.colours.line) : this.colours.faint;
      ctx.stroke();
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.fillStyle = !line.isLit ? this.colours.faint : line.isContested ? this.colours.paper : this.colours.ink;
      ctx.fillText(words, x, y + this.px(0.5));
      this.taken.push([...box(place), ON.sign]);
    }

    /** The words of a fan, each level on its bow; where the fan is too narrow for that only those pointed at: the panel lists them all. */
    fan(bows) {
      const dots = bows.map((bow) => this.dots(bow));
      const foremost = [...bows.keys()].sort((a, b) => bows[b].isHovered - bows[a].isHovered || bows[b].isSelected - bows[a].isSelected);
      const { taken } = this;
      for (const at of foremost) {
        this.taken = [...taken, ...dots.filter((_, other) => other !== at).flat()];
        const box = this.onBow(bows[at]);
        if (box) taken.push([...box, NEVER]);
      }
      this.taken = taken;
    }

    /** Where a bow runs, for what is not to lie on it. */
    dots(bow) {
      return along(bow, DOTS).map(([x, y]) => [x - this.px(1), y - this.px(1), x + this.px(1), y + this.px(1), ON.mark]);
    }

    onBow({ from, to, via, texts, isHovered, isSelected }) {
      const { ctx } = this;
      const size = this.px(LINE_SIZE);
      ctx.font = `${isSelected ? 600 : 400} ${size}px ${this.font}`;
      for (const text of texts) {
        const half = ctx.measureText(text).width / 2 + this.px(2);
        const box = ([x, y]) => [x - half, y - size * 0.65, x + half, y + size * 0.65];
        const place = this.cheapest(along({ from, to, via }, SHARES), (each) => [box(each)]);
        // What is pointed at is told in words, whatever they cover; what is selected in as many as leave its names, ends and line to be seen.
        const isForced = (isHovered && text === texts[1]) || (isSelected && text === texts[2]);
        const isShort = isSelected && 2 * half < Math.hypot(to.x - from.x, to.y - from.y) && this.cost(box(place)) < ON.chosen;
        if (!isForced && !isShort && !this.isFree(box(place))) continue;
        this.text(text, ...place, "center", isHovered || isSelected ? this.colours.accent : this.colours.ink);
        this.words.push({ text, box: box(place) });
        return box(place);
      }
      return null;
    }

    /** The relation along its line, where the line is long enough and nothing is in the way. */
    alongLine({ from, to, text, isHovered, isSelected, count, denied, isContested }) {
      if (!text) return;
      const { ctx } = this;
      const size = this.px(LINE_SIZE);
      ctx.font = `${size}px ${this.font}`;
      const width = ctx.measureText(text).width;
      const [dx, dy] = [to.x - from.x, to.y - from.y];
      const length = Math.hypot(dx, dy);
      if (length < width + this.px(36) && !isHovered) return;
      const hasSign = count > 1 || denied > 0 || isContested;
      const boxesAt = (at) => [-0.4, -0.2, 0, 0.2, 0.4].map((step) => {
        const [cx, cy] = [from.x + dx * at + (dx / length) * width * step, from.y + dy * at + (dy / length) * width * step];
        const reach = Math.max(size * 0.6, width * 0.1 * Math.abs(dx / length));
        return [cx - reach, cy - size * 0.6, cx + reach, cy + size * 0.6, NEVER];
      });
      // The words of the line under the pointer always stand; those of others only where they are in nobody's way.
      const places = [...(hasSign ? [0.3, 0.7] : [0.5, 0.36, 0.64]), ...(isHovered ? [0.2, 0.8, 0.5] : [])];
      const at = this.cheapest(places, boxesAt);
      if (!isHovered && !boxesAt(at).every((box) => this.isFree(box))) return;
      this.taken.push(...boxesAt(at));
      ctx.save();
      ctx.translate(from.x + dx * at, from.y + dy * at);
      ctx.rotate(Math.atan2(dy, dx) + (dx < 0 ? Math.PI : 0));
      this.text(text, 0, 0, "center", isHovered || isSelected ? this.colours.accent : this.colours.muted);
      ctx.restore();
    }
  }

  return { Layer, NEVER, isVital };
})();
