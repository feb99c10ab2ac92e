/* What the map shows as a picture to hand on: an SVG document, and from it a PNG. The same lines, shapes and words as on the screen. */
const Picture = (() => {
  "use strict";
  const { xml } = Exports;
  const MARGIN = 28;
  const ROW = 22;
  const SHARPNESS = 2;
  const PIXELS_AT_MOST = 120e6;
  const SANS = "'Helvetica Neue', 'Liberation Sans', Arial, sans-serif";
  const SERIF = "Palatino, Georgia, 'Liberation Serif', serif";

  const number = (value) => String(Math.round(value * 100) / 100);
  const element = (tag, attributes, content = "") => {
    const said = Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false);
    const written = said.map(([name, value]) => ` ${name}="${xml(typeof value === "number" ? number(value) : value)}"`).join("");
    return content === "" ? `<${tag}${written}/>` : `<${tag}${written}>${content}</${tag}>`;
  };

  /** As much of a canvas as the words of the map write on; it keeps what is drawn as SVG. */
  class Pen {
    constructor(frame) {
      this.frame = frame;
      this.ruler = document.createElement("canvas").getContext("2d");
      this.parts = [];
      this.turns = [];
      this.turn = "";
    }

    set font(font) {
      this.ruler.font = font;
      [, this.weight, this.size] = /^(?:(\d+) )?([\d.]+)px/.exec(font);
    }

    measureText(text) {
      return this.ruler.measureText(text);
    }

    save() {
      this.turns.push(this.turn);
    }

    restore() {
      this.turn = this.turns.pop();
    }

    translate(x, y) {
      this.turn += `translate(${number(x)} ${number(y)})`;
    }

    rotate(angle) {
      this.turn += `rotate(${number((angle * 180) / Math.PI)})`;
    }

    setLineDash() {}

    beginPath() {
      this.shape = null;
    }

    roundRect(x, y, width, height, rx) {
      this.shape = { x, y, width, height, rx };
    }

    fill() {
      this.ground = this.fillStyle;
    }

    stroke() {
      this.parts.push(element("rect", { ...this.shape, fill: this.ground, stroke: this.strokeStyle, "stroke-width": this.lineWidth }));
    }

    strokeText() {
      this.halo = { stroke: this.strokeStyle, "stroke-width": this.lineWidth, "stroke-linejoin": "round", "paint-order": "stroke" };
    }

    fillText(text, x, y) {
      const anchor = { center: "middle", right: "end" }[this.textAlign];
      const fill = { fill: this.fillStyle, "font-weight": this.weight === "400" ? null : this.weight, "font-size": this.size };
      this.parts.push(element("text", { x, y, "text-anchor": anchor, "dominant-baseline": "central", transform: this.turn, ...fill, ...this.halo }, xml(text) || " "));
      this.halo = {};
    }
  }

  function dashes(style) {
    return style.dashes ? style.dashes.join(" ") : null;
  }

  function line(map, { from, to, via, style, claims }) {
    const path = from === to ? loop(map, from) : via ? `M${number(from.x)} ${number(from.y)}Q${number(via.x)} ${number(via.y)} ${number(to.x)} ${number(to.y)}` : `M${number(from.x)} ${number(from.y)}L${number(to.x)} ${number(to.y)}`;
    const title = element("title", {}, xml(claims.map((claim) => map.model.claims[claim].label).join("\n")));
    const stroke = { fill: "none", stroke: style.color.color, "stroke-width": style.width, "stroke-dasharray": dashes(style) };
    const heads = from === to ? [] : [style.arrows.to.enabled && head(via ?? from, to, map), style.arrows.from.enabled && head(via ?? to, from, map)].filter(Boolean);
    return element("g", {}, title + element("path", { d: path, ...stroke }) + heads.map((points) => element("polygon", { points, fill: style.color.color })).join(""));
  }

  function loop(map, node) {
    const reach = map.radius(node) + 14;
    return `M${number(node.x)} ${number(node.y)}c${number(reach)} ${number(-2 * reach)} ${number(-reach)} ${number(-2 * reach)} 0 0`;
  }

  function head(from, to, map) {
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const [dx, dy] = [(to.x - from.x) / length, (to.y - from.y) / length];
    const gap = map.radius(to) * 1.15 + 2;
    const [x, y] = [to.x - dx * gap, to.y - dy * gap];
    const corner = (side) => `${number(x - dx * 7 + side * dy * 3.2)},${number(y - dy * 7 - side * dx * 3.2)}`;
    return `${number(x)},${number(y)} ${corner(1)} ${corner(-1)}`;
  }

  function shape(map, node) {
    const kind = map.model.kindByName.get(node.kind);
    const size = map.radius(node);
    const place = `translate(${number(node.x)} ${number(node.y)}) scale(${number(size)})`;
    const name = map.model.nodes[node.id].label;
    const look = { d: kind.path, transform: place, fill: map.fillOf(node.id, kind), stroke: map.live.chosen.has(node.id) ? map.colours.accent : map.colours.paper, "stroke-width": 3 / size, "stroke-linejoin": "round" };
    return element("path", look, element("title", {}, xml(name)));
  }

  /** The kinds and signs that are in the picture, in rows below it. */
  function legend(map, [left, , right, bottom]) {
    const kinds = [...new Set([...map.live.nodes].map((node) => map.nodeById.get(node).kind))].map((kind) => map.model.kindByName.get(kind));
    const signs = [["affirmed", ""], ["denied", "8 6", "✕"], ["hedged: probable or possible", "1.5 5"], ["in dispute", "", "≠"], ["so many claims", "", "3"]];
    const ruler = new Pen([]);
    ruler.font = "400 12px sans-serif";
    let [x, y] = [left, bottom + ROW];
    const place = (room) => {
      if (x > left && x + room > right) [x, y] = [left, y + ROW];
      x += room;
      return [x - room, y];
    };
    const parts = kinds.map((kind) => {
      const [at, row] = place(46 + ruler.measureText(kind.name).width);
      return element("path", { d: kind.path, transform: `translate(${number(at + 8)} ${number(row - 4)}) scale(5.5)`, fill: map.fillOf(null, kind) }) + text(kind.name, at + 22, row, 12, map.colours.ink);
    });
    [x, y] = [left, y + ROW];
    signs.forEach(([name, dash, sign]) => {
      const [at, row] = place(68 + ruler.measureText(name).width);
      parts.push(element("line", { x1: at, y1: row - 4, x2: at + 36, y2: row - 4, stroke: map.colours.line, "stroke-width": 1.5, "stroke-dasharray": dash }));
      if (sign) parts.push(element("text", { x: at + 18, y: row, "text-anchor": "middle", "font-size": 11, "font-weight": 600, fill: map.colours.ink, stroke: map.colours.paper, "stroke-width": 4, "paint-order": "stroke" }, sign));
      parts.push(text(name, at + 44, row, 12, map.colours.ink));
    });
    return { parts, bottom: y };
  }

  const text = (words, x, y, size, fill, more = {}) => element("text", { x, y, "font-size": size, fill, ...more }, xml(words) || " ");

  /** Words in lines of at most so many letters. */
  function wrapped(words, letters) {
    const lines = [""];
    words.split(/\s+/).forEach((word) => (lines.at(-1).length + word.length > letters && lines.at(-1) ? lines.push(word) : (lines[lines.length - 1] += `${lines.at(-1) && " "}${word}`)));
    return lines.slice(0, 6);
  }

  /** What is drawn as one SVG document. */
  function toSvg(map, { title, note }) {
    const nodes = [...map.live.nodes].map((id) => ({ ...map.nodeById.get(id), ...map.placeOf(id) }));
    const frame = map.frameOf(nodes.map(MapCamera.Camera.extentOf));
    const words = new Pen(frame.map((edge, at) => edge + (at < 2 ? -MARGIN : MARGIN)));
    map.drawWords(words, 1);
    const lines = map.linesDrawn();
    const right = Math.max(frame[2], frame[0] + 560);
    const key = legend(map, [frame[0], frame[1], right, frame[3] + MARGIN]);
    const heads = wrapped(title, (right - frame[0]) / 10);
    const notes = wrapped(note, (right - frame[0]) / 6);
    const top = frame[1] - MARGIN - 26 * heads.length;
    const bottom = key.bottom + ROW + 15 * notes.length;
    const [x, y, width, height] = [frame[0] - MARGIN, top - MARGIN, right - frame[0] + 2 * MARGIN, bottom - top + 2 * MARGIN];
    const body = [
      element("title", { id: "title" }, xml(title) || " "),
      element("desc", { id: "note" }, xml(note) || " "),
      element("rect", { x, y, width, height, fill: map.colours.paper }),
      ...heads.map((each, at) => text(each, frame[0], top + 26 * at, 20, map.colours.ink, { "font-weight": 600, "font-family": SERIF })),
      element("g", { id: "lines" }, lines.map((each) => line(map, each)).join("\n") || " "),
      element("g", { id: "nodes" }, nodes.map((node) => shape(map, node)).join("\n") || " "),
      element("g", { id: "words" }, words.parts.join("\n") || " "),
      element("g", { id: "legend" }, key.parts.join("\n") || " "),
      ...notes.map((each, at) => text(each, frame[0], key.bottom + ROW + 15 * at, 11, map.colours.muted)),
    ];
    const root = { xmlns: "http://www.w3.org/2000/svg", viewBox: [x, y, width, height].map(number).join(" "), width, height, role: "img", "aria-labelledby": "title note", "font-family": SANS };
    return `${element("svg", root, `\n${body.join("\n")}\n`)}\n`;
  }

  /** The picture in pixels, two for each of the screen, fewer where it would be too large for a browser; as a blob. */
  async function toPng(svg) {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    const sharpness = Math.min(SHARPNESS, Math.sqrt(PIXELS_AT_MOST / (image.width * image.height)));
    canvas.width = Math.round(image.width * sharpness);
    canvas.height = Math.round(image.height * sharpness);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  }

  return { toPng, toSvg };
})();
