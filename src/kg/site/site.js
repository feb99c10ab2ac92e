/* What a script adds to pages that work without it: search by names and claims, from one file that is loaded when it is needed. */
(() => {
  "use strict";

  const root = document.documentElement.dataset.root ?? "";
  const OFFERED = 10;
  const LISTED = 300;
  let loading = null;

  /** Fold case, accents, hyphens and the marks of thousands: "nine nets" finds "Nine-Nets", and "12500" finds "12,500". */
  const fold = (words) => words.replace(/(\d)[,'’\u00a0\u2009\u202f](?=\d{3}(?!\d))/gu, "$1").normalize("NFKD").replace(/\p{M}/gu, "")
    .replace(/[-\u2010-\u2015]/gu, " ").toLowerCase();
  /** What is looked for; what stands before the number of a claim is no word of it. */
  const asked = (text) => fold(text.trim().replace(/^claim:/iu, "")).trim();
  /** The other words by which something is found: its other names, and the number of a claim. */
  const more = (kind, file, also) => fold(kind === "claim" ? `${also}\n${file.replace(/^.*\//u, "")}` : also);

  /** The names, loaded once: a script and no data file, since pages from a disk may load the one and not the other. */
  function load() {
    const read = () => globalThis.claimgraph.rows.map(([label, kind, file, also = ""]) => ({ label, kind, file, also, folded: fold(label), more: more(kind, file, also) }));
    loading ??= globalThis.claimgraph ? Promise.resolve(read()) : new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${root}static/names.js`;
      script.addEventListener("load", () => resolve(read()));
      script.addEventListener("error", () => {
        loading = null;
        reject(new Error("the names could not be loaded"));
      });
      document.head.append(script);
    });
    return loading;
  }

  /** How well a row fits: names that begin so before those with a word that does, these before others; null where it does not fit. */
  function rank(row, wanted, words) {
    if (!words.every((word) => row.folded.includes(word) || row.more.includes(word))) return null;
    if (row.folded === wanted) return 0;
    if (row.folded.startsWith(wanted)) return 1;
    const begins = (text) => words.every((word) => text.startsWith(word) || new RegExp(`[^\\p{L}\\p{N}]${escaped(word)}`, "u").test(text));
    return (begins(row.folded) ? 2 : begins(row.more) ? 3 : 4) + (row.kind === "claim" ? 4 : 0);
  }

  const escaped = (word) => word.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");

  function find(rows, text) {
    const wanted = asked(text);
    const words = wanted.split(/\s+/u).filter(Boolean);
    if (!words.length) return [];
    const found = [];
    for (const row of rows) {
      const at = rank(row, wanted, words);
      if (at !== null) found.push({ row, at });
    }
    const isClaim = ({ row }) => Number(row.kind === "claim");
    return found.sort((one, other) => isClaim(one) - isClaim(other) || one.at - other.at || one.row.label.length - other.row.label.length)
      .map(({ row }) => row);
  }

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  const address = (row) => `${root}${row.file}.html`;

  /** The other name that fits where the label itself does not. */
  const alias = (row, text) => {
    const words = asked(text).split(/\s+/u).filter(Boolean);
    return words.every((word) => row.folded.includes(word)) ? "" : row.also.split("\n").find((each) => words.some((word) => fold(each).includes(word))) ?? "";
  };

  /** The field in the head of each page: a combobox with what fits below it. */
  class Offer {
    constructor(form) {
      this.input = form.querySelector("input");
      this.list = form.querySelector("ul");
      this.status = form.querySelector("[role=status]");
      this.found = [];
      this.at = -1;
      form.hidden = false;
      form.addEventListener("submit", (event) => event.preventDefault());
      this.input.addEventListener("focus", () => load().catch(() => {}), { once: true });
      this.input.addEventListener("input", () => this.ask());
      this.input.addEventListener("keydown", (event) => this.key(event));
      form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || this.close());
      document.addEventListener("keydown", (event) => {
        const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
        if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
          event.preventDefault();
          this.input.focus();
        }
      });
    }

    async ask() {
      const text = this.input.value;
      let rows;
      try {
        rows = await load();
      } catch (error) {
        this.status.textContent = error.message;
        return;
      }
      if (text !== this.input.value) return;
      this.found = find(rows, text);
      this.at = -1;
      this.show(text);
    }

    show(text) {
      const items = this.found.slice(0, OFFERED).map((row, number) => {
        const item = element("li");
        item.id = `offer-${number}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        const other = alias(row, text);
        item.append(element("b", "", row.label), element("span", "", other ? `${row.kind}, also ${other}` : row.kind));
        item.addEventListener("pointerdown", (event) => event.preventDefault());
        item.addEventListener("click", () => this.go(address(row)));
        return item;
      });
      if (this.found.length > OFFERED) {
        const item = element("li", "all", `All ${this.found.length.toLocaleString("en")}`);
        item.id = `offer-${OFFERED}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.addEventListener("pointerdown", (event) => event.preventDefault());
        item.addEventListener("click", () => this.go(this.all()));
        items.push(item);
      }
      this.list.replaceChildren(...items);
      this.list.hidden = !items.length;
      this.input.setAttribute("aria-expanded", String(Boolean(items.length)));
      this.input.removeAttribute("aria-activedescendant");
      this.status.textContent = text.trim() ? `${this.found.length.toLocaleString("en")} found` : "";
    }

    all() {
      return `${root}search.html#q=${encodeURIComponent(this.input.value.trim())}`;
    }

    go(where) {
      this.close();
      location.assign(where);
    }

    key(event) {
      const items = [...this.list.children];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && items.length) {
        event.preventDefault();
        this.at = (Math.max(this.at, step < 0 ? 0 : -1) + step + items.length) % items.length;
        items.forEach((item, number) => item.setAttribute("aria-selected", String(number === this.at)));
        this.input.setAttribute("aria-activedescendant", items[this.at].id);
        items[this.at].scrollIntoView({ block: "nearest" });
      } else if (event.key === "Enter" && this.input.value.trim()) {
        event.preventDefault();
        if (this.at >= 0) items[this.at].click();
        else this.go(this.all());
      } else if (event.key === "Escape") {
        this.close();
      }
    }

    close() {
      this.list.hidden = true;
      this.at = -1;
      this.input.setAttribute("aria-expanded", "false");
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  /** The page that lists everything that fits; what is searched stands in its address. */
  function searchPage(page) {
    const input = page.querySelector("input");
    const list = document.getElementById("all-found");
    const said = document.getElementById("said");
    page.hidden = false;
    async function show() {
      const text = input.value;
      const rows = await load().catch((error) => {
        said.textContent = error.message;
        return null;
      });
      if (!rows || text !== input.value) return;
      const found = find(rows, text);
      const most = found.length > LISTED ? `, the first ${LISTED} of them here; more words find fewer` : "";
      said.textContent = text.trim() ? `${found.length.toLocaleString("en")} found${most}` : "";
      list.replaceChildren(...found.slice(0, LISTED).map((row) => {
        const item = element("li");
        const name = element("p", "name");
        const link = element("a", "", row.label);
        link.href = address(row);
        name.append(link);
        item.append(name, element("p", "aside", row.kind));
        const other = alias(row, text);
        if (other) item.append(element("p", "words", `also ${other}`));
        return item;
      }));
    }
    const read = () => {
      input.value = new URLSearchParams(location.hash.slice(1)).get("q") ?? "";
      show();
    };
    input.addEventListener("input", () => {
      history.replaceState(null, "", `#q=${encodeURIComponent(input.value)}`);
      show();
    });
    addEventListener("hashchange", read);
    read();
    input.focus();
  }

  const form = document.querySelector("form.find");
  if (form) new Offer(form);
  const page = document.getElementById("search-page");
  if (page) addEventListener("DOMContentLoaded", () => searchPage(page)); // the names are there then: the page asks for them itself
})();
