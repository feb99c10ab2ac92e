/* Two claimants side by side: whose a line is, in words and signs, and the list of what they share and contradict. */
const Worlds = (() => {
  "use strict";
  const { h, words, inFigures } = Elements;
  const LETTERS = ["A", "B"];
  const LISTED = 12;

  /** What stands on a line of a comparison: A, B or both, "=" where they say the same, "≠" where they contradict each other. */
  function sign({ worlds }, numbers) {
    if (!worlds) return "";
    worlds.isShared ??= new Set(worlds.shared.flat());
    worlds.isOpposed ??= new Set(worlds.opposed.flatMap(([one, other]) => [one, other]));
    // Who says most needs no letter: its lines are those without one.
    worlds.quiet ??= 2 * worlds.of.filter((at) => at === 0).length >= worlds.of.length ? 0 : 1;
    const said = LETTERS.filter((_, at) => numbers.some((number) => worlds.of[number] === at));
    const between = numbers.some((number) => worlds.isOpposed.has(number)) ? "≠" : numbers.some((number) => worlds.isShared.has(number)) ? "=" : " ";
    return said.length === 2 ? said.join(between) : said[0] === LETTERS[worlds.quiet] ? "" : said[0];
  }

  /** What the signs mean, as pairs of words and a sign. */
  function legend(model) {
    const { worlds } = model;
    if (!worlds) return [];
    sign(model, []);
    const who = LETTERS.map((letter, at) => [`said by ${letter}, ${model.nodes[worlds.claimants[at]].label}`, worlds.quiet === at ? null : letter]);
    return [...who, worlds.shared.length && ["both say the same", "A=B"], worlds.opposed.length && ["they contradict each other", "A≠B"]].filter(Boolean);
  }

  /** The comparison in words, for the panel. */
  function summary(model, shown, { claimButton, nodeButton, heading }) {
    const { worlds } = model;
    if (!worlds) return [];
    const own = LETTERS.map((_, at) => shown.claims.filter((number) => worlds.of[number] === at));
    const isSeen = ([one, other]) => shown.isShown.has(one) && shown.isShown.has(other);
    const [shared, opposed] = [worlds.shared.filter(isSeen), worlds.opposed.filter(isSeen)];
    const who = LETTERS.map((letter, at) => h("li", {}, h("span", {}, h("b", { class: "world" }, letter), " ", nodeButton(worlds.claimants[at])), h("span", { class: "count" }, inFigures(own[at].length))));
    return [
      h("section", { class: "two-worlds" }, heading("Two worlds"), h("ul", { class: "ranked" }, ...who), h("p", { class: "hidden-note" }, inWords(shared.length, opposed.length))),
      pairs("They contradict each other", opposed, "≠", heading, claimButton),
      pairs("They say the same", shared, "=", heading, claimButton),
      ...LETTERS.map((letter, at) => names(model, own, at, letter, { heading, nodeButton })),
    ].filter(Boolean);
  }

  function inWords(shared, opposed) {
    const same = shared ? `Both say the same ${shared === 1 ? "once" : `${shared} times`}` : "They say nothing that is the same";
    const other = opposed ? `contradict each other ${opposed === 1 ? "once" : `${opposed} times`}` : "do not contradict each other outright";
    return `${same}, and they ${other}.`;
  }

  function pairs(title, list, sign, heading, claimButton) {
    if (!list.length) return null;
    const row = ([one, other, how = "says the same as"]) => h("div", { class: "dispute" }, h("b", { class: "world" }, "A"), claimButton(one), h("span", { class: "versus" }, h("span", { "aria-hidden": "true" }, sign), h("span", { class: "unseen" }, how)), h("b", { class: "world second" }, "B"), claimButton(other));
    const rest = list.slice(LISTED);
    const more = rest.length > 0 && Elements.later(h("details", { class: "more" }, h("summary", {}, `${rest.length} more`)), () => rest.map(row));
    return h("section", {}, heading(title, list.length), ...list.slice(0, LISTED).map(row), more);
  }

  /** What only one of the two speaks of. */
  function names(model, own, at, letter, { heading, nodeButton }) {
    const spoken = own.map((claims) => new Set(claims.flatMap((number) => [model.claims[number].subject, model.claims[number].object])));
    const only = [...spoken[at]].filter((node) => !spoken[1 - at].has(node) && model.nodes[node].claim === undefined);
    if (!only.length) return null;
    const list = () => [h("ul", { class: "ranked" }, ...only.slice(0, 200).map((node) => h("li", {}, nodeButton(node))))];
    const title = h("summary", {}, "Spoken of only by ", h("b", { class: "world" }, letter), " ", words(model.nodes[model.worlds.claimants[at]].label), h("span", { class: "count" }, inFigures(only.length)));
    return Elements.later(h("details", { class: "folded" }, title), list);
  }

  return { legend, sign, summary };
})();
