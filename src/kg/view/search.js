/* Fields that offer what is looked for while one types: the search of the page, and the field for the other end of a path. */
const Search = (() => {
  "use strict";
  const { h, words, shape, say } = Elements;
  const NAMES = 7;
  const CLAIMS = 5;

  /** A field with a list below it. `find` gives the options for a text, each a title, what it is, and a mark; `onPick` takes one.
      `onEnter` gives what the text by itself stands for, if anything. */
  class Combo {
    constructor(input, list, { find, onPick, onEnter }) {
      Object.assign(this, { input, list, find, onPick, onEnter, at: -1, found: [] });
      input.addEventListener("input", () => this.suggest());
      input.addEventListener("keydown", (event) => this.key(event));
      input.addEventListener("blur", () => this.close());
      input.addEventListener("focus", () => input.value && this.suggest());
    }

    suggest() {
      this.found = this.find(this.input.value);
      this.at = -1;
      this.input.removeAttribute("aria-activedescendant");
      this.list.replaceChildren(...this.found.map((found, at) => this.option(found, at)));
      this.list.hidden = !this.found.length;
      this.input.setAttribute("aria-expanded", String(!this.list.hidden));
      if (this.input.value) say(this.found.length ? `${this.found.length} suggestions` : "No suggestion");
    }

    option({ title, language, what, mark, other }, at) {
      const pick = (event) => (event.preventDefault(), this.pick(at));
      const also = other && h("span", { class: "also" }, words(other));
      return h("li", { role: "option", id: `${this.list.id}-${at}`, "aria-selected": "false", onmousedown: pick }, mark, h("span", { class: "title" }, words(title, { lang: language }), also), h("span", { class: "count" }, words(what)));
    }

    key(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && this.list.hidden && this.input.value) this.suggest();
      if (step && this.found.length) this.move((Math.max(this.at, step < 0 ? 0 : -1) + step + this.found.length) % this.found.length);
      else if (event.key === "Enter" && this.input.value) this.enter();
      else if (event.key === "Escape" && !this.list.hidden) this.close();
      else if (event.key === "Escape" && this.input.value) this.clear();
      else return;
      event.preventDefault();
      event.stopPropagation();
    }

    /** Take the option walked to, else what is called exactly as is written, else the only option; else the list has served. */
    enter() {
      const named = this.at < 0 ? this.onEnter(this.input.value) : undefined;
      if (named) this.close(), this.onPick(named);
      else if (this.at >= 0 || (this.found.length === 1 && !this.list.hidden)) this.pick(Math.max(this.at, 0));
      else this.close();
    }

    move(at) {
      this.at = at;
      [...this.list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
      this.input.setAttribute("aria-activedescendant", `${this.list.id}-${at}`);
      this.list.children[at].scrollIntoView({ block: "nearest" });
    }

    pick(at) {
      const { is } = this.found[at];
      this.close();
      this.onPick(is);
    }

    clear() {
      this.input.value = "";
      this.input.dispatchEvent(new Event("input", { bubbles: true }));
    }

    close() {
      this.list.hidden = true;
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  /** The nodes whose names hold what is looked for: names that begin with it first, then those with more claims. */
  function suggestions({ nodes, nodeWords, about, saidBy }, text, limit) {
    const wanted = Claims.fold(text.trim());
    if (!wanted) return [];
    const rank = (words) => (words.startsWith(wanted) || words.includes(`\n${wanted}`) ? 0 : 1);
    const found = [];
    nodeWords.forEach((words, node) => words.includes(wanted) && nodes[node].claim === undefined && found.push([node, rank(words), about[node].length + saidBy[node].length]));
    found.sort((a, b) => a[1] - b[1] || b[2] - a[2] || a[0] - b[0]);
    return found.slice(0, limit).map(([node]) => node);
  }

  /** The names that hold what is looked for, as options; where it is another name than the first, that one too. */
  function namesFor(model, text, limit = NAMES) {
    return suggestions(model, text, limit).map((node) => {
      const { label, kind, names, language } = model.nodes[node];
      const wanted = Claims.fold(text.trim());
      const other = Claims.fold(label).includes(wanted) ? null : (names ?? []).find((name) => Claims.fold(name).includes(wanted));
      return { is: { nodes: [node] }, title: label, language, other, what: kind, mark: shape(model.kindByName.get(kind)) };
    });
  }

  /** What is called exactly so. */
  function called(model, text) {
    const node = model.named(text);
    return node === undefined ? undefined : { nodes: [node] };
  }

  /** The claims whose sentence or notes hold every word that is looked for, as options. */
  function claimsFor(model, text, limit = CLAIMS) {
    const wanted = Claims.wordsOf(text).filter((word) => word.length > 1);
    if (!wanted.length) return [];
    const held = wanted.map((word) => model.sentences.holding(word));
    const found = [];
    for (let number = 0; number < model.claims.length && found.length < limit; number += 1) if (held.every((flags) => flags[number])) found.push(number);
    return found.map((number) => ({ is: { claim: number }, title: model.claims[number].label, language: model.claims[number].language, what: "claim", mark: null }));
  }

  /** The search of the page: filters as one types, offers names and claims, and goes to the one that is picked. */
  class View {
    constructor(input, list, model, { onQuery, onSelect }) {
      this.input = input;
      const find = (text) => [...namesFor(model, text), ...claimsFor(model, text)];
      input.addEventListener("input", () => onQuery(input.value));
      this.combo = new Combo(input, list, { find, onPick: onSelect, onEnter: (text) => called(model, text) });
    }

    show(state) {
      if (this.input.value !== state.query) this.input.value = state.query;
    }
  }

  /** A field for a name; `onPick` is given the node. */
  function nameField(model, label, onPick) {
    const input = h("input", { type: "text", inputmode: "search", class: "name-field", placeholder: label, "aria-label": label, autocomplete: "off", spellcheck: "false", role: "combobox", "aria-expanded": "false", "aria-controls": "ends", "aria-autocomplete": "list" });
    const list = h("ul", { id: "ends", class: "suggestions", role: "listbox", "aria-label": "Names", hidden: true });
    new Combo(input, list, { find: (text) => namesFor(model, text), onEnter: (text) => called(model, text), onPick: ({ nodes }) => onPick(nodes[0]) });
    return h("div", { class: "search" }, input, list);
  }

  return { View, nameField };
})();
