/* Lines of the map: what the claims of a bundle come down to, how its line looks, and what stands on it. */
const MapLines = (() => {
  "use strict";
  const DENIED = [8, 6];
  const HEDGED = [1.5, 5];
  const DENIED_AND_HEDGED = [8, 5, 1.5, 5];
  const WIDEST = 7;

  /** Reads bundles. What a list of claims comes down to is worked out once: lists are made anew when other claims are shown. */
  class Reader {
    constructor(model) {
      const { claims, relations } = model;
      this.model = model;
      this.isDenied = Uint8Array.from(claims, ({ polarity }) => polarity === "denied");
      this.isHedged = Uint8Array.from(claims, (claim) => model.isHedged(claim));
      this.isContested = Uint8Array.from(claims, ({ contested }) => Boolean(contested));
      this.relation = Uint32Array.from(claims, ({ relation }) => relation);
      this.object = Uint32Array.from(claims, ({ object }) => object);
      this.isPointed = Uint8Array.from(relations, ({ symmetric }) => !symmetric);
      this.known = new WeakMap();
    }

    /** What some claims of a line come down to. */
    sum(edge, numbers) {
      const known = this.known.get(numbers);
      if (known) return known;
      const found = { count: numbers.length, denied: 0, hedged: 0, isContested: false, isPointed: false, isTo: false, isFrom: false };
      const [first] = numbers;
      let isOneRelation = true;
      for (const number of numbers) {
        found.denied += this.isDenied[number];
        found.hedged += this.isHedged[number];
        if (this.isContested[number]) found.isContested = true;
        if (this.relation[number] !== this.relation[first]) isOneRelation = false;
        if (!this.isPointed[this.relation[number]]) continue;
        found.isPointed = true;
        if (this.object[number] === edge.to) found.isTo = true;
        if (this.object[number] === edge.from) found.isFrom = true;
      }
      const label = isOneRelation ? this.model.relations[this.relation[first]].label : "";
      found.text = label && found.denied === found.count ? `✕ ${label}` : label;
      found.world = Worlds.sign(this.model, numbers);
      this.known.set(numbers, found);
      return found;
    }

    /** How a bundle looks: dashed when all of it is denied, dotted when all of it is hedged, wider when it holds more. */
    style(edge, numbers, isLit, isSelected, colours) {
      const sum = this.sum(edge, numbers);
      const isDenied = sum.denied === sum.count;
      const isHedged = sum.hedged === sum.count;
      const color = isLit ? (isSelected ? colours.accent : colours.line) : colours.faint;
      const arrow = (enabled) => ({ enabled, scaleFactor: 0.45, type: "arrow" });
      return {
        dashes: isDenied && isHedged ? DENIED_AND_HEDGED : isDenied ? DENIED : isHedged ? HEDGED : false,
        width: Math.min(WIDEST, 1.1 + (edge.wide ?? 0.8) * Math.log2(sum.count)) + (isLit && isSelected ? 0.7 : 0),
        color: { color, hover: colours.accent, highlight: color, inherit: false },
        arrows: {
          to: arrow(sum.isPointed && edge.part !== "a" && (edge.part === "b" || sum.isTo)),
          from: arrow(sum.isPointed && !edge.part && sum.isFrom),
        },
      };
    }

    /** The words and signs of a line: those that stand on it, or would if there were room. */
    words(edge, numbers) {
      const { count, denied, isContested, world, text } = this.sum(edge, numbers);
      return { count, denied, isContested, world, text: edge.signed ? text : "", isSigned: edge.signed };
    }

    /** What stands on one line of a fan: the relation and who says so, or where that is too long the relation, or its signs. */
    said(claim) {
      const { relation, claimant, polarity, contested } = this.model.claims[claim];
      const isDenied = polarity === "denied";
      const sign = [contested && "≠", isDenied && "✕"].filter(Boolean).join(" ");
      const text = `${sign} ${this.model.relations[relation].label}`.trim();
      return [`${text} (${this.model.nodes[claimant].label})`, text, sign].filter(Boolean);
    }
  }

  return { Reader };
})();
