/* What the panel lists while nothing is selected: the claims that pass the filters, agreement and dispute, and sentences without a claim. */
const Findings = (() => {
  "use strict";
  const { h, words, split, inFigures } = Elements;
  const LISTED = 8;
  const EACH = 6;
  const AT_MOST = 300;

  /** A list whose end is folded away. */
  function folding(items) {
    const [first, rest] = split(items, LISTED);
    return [...first, rest.length > 0 && h("details", { class: "more" }, h("summary", {}, `${rest.length} more`), ...rest)].filter(Boolean);
  }

  /* The claims that pass, by who says so. */

  function found(panel, shown) {
    const { model } = panel;
    const by = new Map();
    for (const number of model.inOrder(shown.claims)) {
      const { claimant } = model.claims[number];
      if (by.has(claimant)) by.get(claimant).push(number);
      else by.set(claimant, [number]);
    }
    if (!by.size) return null;
    const groups = [...by].sort((a, b) => b[1].length - a[1].length || a[0] - b[0]);
    const [first, rest] = split(groups, LISTED);
    const more = rest.length > 0 && Elements.later(h("details", { class: "more" }, h("summary", {}, `${rest.length} more who say ${sum(rest)} of these claims`)), () => some(rest, (each) => group(panel, each), "are not listed here; the filters find them"));
    return h("section", { id: "found" }, panel.heading("Claims that match", shown.claims.length), ...first.map((each) => group(panel, each)), more);
  }

  const sum = (groups) => groups.reduce((total, [, numbers]) => total + numbers.length, 0);

  function group(panel, [claimant, numbers]) {
    const [first, rest] = split(numbers, EACH);
    const item = (number) => h("li", {}, panel.claimButton(number), h("p", { class: "place" }, where(panel.model, number)));
    const more = rest.length > 0 && Elements.later(h("details", { class: "more" }, h("summary", {}, `${rest.length} more`)), () => rows(some(rest, item, "are not listed here, but in the table")));
    return h("div", { class: "found" }, h("h4", {}, panel.nodeButton(claimant), " ", h("span", { class: "count" }, inFigures(numbers.length))), h("ul", {}, ...first.map(item)), more);
  }

  /** So many of a long list, and a word for those that are left out. */
  function some(list, item, left) {
    const rest = list.length - AT_MOST;
    return [...list.slice(0, AT_MOST).map(item), ...(rest > 0 ? [h("p", { class: "hidden-note" }, `${rest} more ${left}.`)] : [])];
  }

  /** The items in a list, what is said of the others below it. */
  const rows = (items) => [h("ul", {}, ...items.filter(({ tagName }) => tagName === "LI")), ...items.filter(({ tagName }) => tagName !== "LI")];

  /** Where the text says it, and whether it is denied or derived, in a few words. */
  function where(model, number) {
    const { evidence, polarity, origins } = model.claims[number];
    const place = evidence?.length ? model.passages[evidence[0].places[0]] : null;
    const at = place ? `paragraph ${place.paragraph}, sentence ${place.sentence}` : origins?.length ? "derived from other claims" : "without a passage";
    const source = place && model.sources.length > 1 && model.sources[place.source] ? `${model.sources[place.source].label}, ` : "";
    return words([polarity === "denied" ? model.word(polarity).label : "", source + at].filter(Boolean).join(" · "));
  }

  /* The same claim by several, and claims against each other. */

  /** For each claim a number that it shares with those that say the same, whoever says it; 0 where no other does. Worked out once. */
  function alike(model) {
    if (model.alike) return model.alike;
    const firsts = new Map();
    model.alike = new Uint32Array(model.claims.length);
    model.claims.forEach(({ subject, relation, object, polarity }, number) => {
      const said = `${subject} ${relation} ${object} ${polarity}`;
      const first = firsts.get(said);
      if (first === undefined) firsts.set(said, number);
      else model.alike[number] = model.alike[first] = first + 1;
    });
    return model.alike;
  }

  function agreements(panel, shown) {
    const { model } = panel;
    const shared = alike(model);
    const same = new Map();
    for (const number of shown.claims) {
      const said = shared[number];
      if (!said) continue;
      if (same.has(said)) same.get(said).push(number);
      else same.set(said, [number]);
    }
    const by = (numbers) => new Set(numbers.map((number) => model.claims[number].claimant)).size;
    const several = [...same.values()].filter((numbers) => numbers.length > 1 && by(numbers) > 1).sort((a, b) => by(b) - by(a) || a[0] - b[0]);
    if (!several.length) return null;
    const item = (numbers) => h("div", { class: "agreed" }, panel.reading(model.claims[numbers[0]]), h("p", { class: "place" }, `by ${by(numbers)} claimants`), h("ul", {}, ...numbers.map((number) => h("li", {}, panel.claimButton(number), h("p", { class: "place" }, panel.nameOf(model.claims[number].claimant))))));
    return h("section", { id: "agreements" }, panel.heading("The same claim by several", several.length), ...folding(several.map(item)));
  }

  function disputes(panel, shown) {
    const { model } = panel;
    const pairs = shown.claims.flatMap((number) => (model.claims[number].contested ?? []).filter(([other]) => number < other || !shown.isShown.has(other)).map(([other, how]) => [number, other, how]));
    if (!pairs.length) return null;
    const side = (number) => [panel.claimButton(number), ...behind(panel, number)];
    const item = ([one, other, how]) => h("div", { class: "dispute" }, ...side(one), h("span", { class: "versus" }, h("span", { "aria-hidden": "true" }, "≠"), h("span", { class: "unseen" }, how)), ...side(other), shown.isShown.has(other) ? null : h("p", { class: "place" }, "the filters hide the other side"));
    return h("section", { id: "disputes" }, panel.heading("In dispute", pairs.length), ...folding(pairs.map(item)));
  }

  /** Who says a claim, and where. */
  function behind(panel, number) {
    const { claimant, reporter, evidence } = panel.model.claims[number];
    const by = reporter === undefined || reporter === claimant ? null : [", reported by ", panel.nameOf(reporter)];
    return [h("p", { class: "who" }, panel.nameOf(claimant), by), ...(evidence ?? []).flatMap((each) => panel.quoted(each))];
  }

  /* Sentences without a claim, as far as that is known without the text. */

  function silences(panel) {
    const { model } = panel;
    if (!model.silences.length) return null;
    const one = (each) => [model.sources.length > 1 && h("h4", {}, words(model.sources[each.source].label)), ...silence(each)];
    const [first, rest] = split(model.silences, LISTED);
    const more = rest.length > 0 && Elements.later(h("details", { class: "more" }, h("summary", {}, `${rest.length} more texts`)), () => rest.flatMap(one).filter(Boolean));
    const told = h("p", { class: "hidden-note" }, "How many sentences a text has, and which of them nobody has looked at, can only be seen with the text: this page was made without it.");
    return h("details", { id: "silences", class: "folded" }, h("summary", {}, "Sentences without a claim"), ...first.flatMap(one), more, told);
  }

  function silence({ last, stated, open }) {
    const row = ([sentence, paragraph, reason]) => h("li", {}, `Paragraph ${paragraph}, sentence ${sentence}: `, words(reason));
    const list = stated.length ? [h("p", {}, "Said to carry none, and why:"), ...rows(some(stated, row, "are not listed here; kg coverage lists them"))] : [h("p", {}, "The graph says of no sentence that it carries no claim.")];
    const stretch = ([from, to]) => (from === to ? String(from) : `${from} to ${to}`);
    const [first, rest] = split(open, 30);
    const gaps = open.length ? `Up to sentence ${last}, no passage begins in ${open.length === 1 && open[0][0] === open[0][1] ? "sentence" : "sentences"} ${first.map(stretch).join(", ")}${rest.length ? ` and ${rest.length} more stretches` : ""}: nothing is said of them here.` : `Every sentence up to the last that is spoken of, ${last}, has a claim${stated.length ? " or a reason" : ""}.`;
    return [...list, h("p", {}, gaps)];
  }

  return { agreements, behind, disputes, folding, found, silences };
})();
