/* The editor: the textarea stays what is typed in; behind it the same text in colours, beside it the lines, under the caret the names. */
(() => {
  "use strict";
  const form = document.getElementById("ask");
  const box = document.getElementById("editor");
  const area = document.getElementById("query");
  const layer = document.getElementById("layer");
  const gutter = document.getElementById("gutter");
  const said = document.getElementById("said");
  const LONGEST_LINK = 6000;
  const TOO_LONG = 100_000;
  const KEYWORDS = new Set(
    ("SELECT DISTINCT REDUCED WHERE FILTER OPTIONAL UNION MINUS GRAPH SERVICE SILENT BIND VALUES AS UNDEF ASK CONSTRUCT DESCRIBE PREFIX BASE FROM NAMED " +
      "ORDER BY ASC DESC GROUP HAVING LIMIT OFFSET NOT EXISTS IN COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR STR LANG LANGMATCHES DATATYPE BOUND " +
      "IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY NOW " +
      "COALESCE IF STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC REGEX REPLACE SUBSTR TRUE FALSE a").split(" "),
  );
  const TOKEN =
    /(?<note>#[^\n]*)|(?<iri><[^\x00-\x20<>"{}|^`\\]*>)|(?<string>"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)|(?<variable>[?$]\w+)|(?<name>[\p{L}][\p{L}\w.-]*:[\p{L}\w%.:-]*|:[\p{L}\w%.:-]+)|(?<word>[\p{L}_]\w*)/gu;
  const CLASS = { note: "note-token", iri: "name-token", string: "string-token", variable: "var-token", name: "name-token" };

  let bad = badPlace();

  /** Where the server found something wrong, in the text as it came from there. */
  function badPlace() {
    const { line, column } = document.querySelector(".problem[data-line]")?.dataset ?? {};
    if (!line) return null;
    const start = area.value.split("\n").slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    const at = start + [...(area.value.slice(start).split("\n")[0] ?? "")].slice(0, column - 1).join("").length;
    return { line: Number(line), at };
  }

  function piece(text, className) {
    if (!className) return text;
    const span = document.createElement("span");
    span.className = className;
    span.textContent = text;
    return span;
  }

  function classOf(match) {
    const [kind] = Object.entries(match.groups).find(([, text]) => text !== undefined);
    if (kind === "word") return KEYWORDS.has(match[0].toUpperCase()) || match[0] === "a" ? "word-token" : "";
    return CLASS[kind];
  }

  /** The text in colours, and its lines; a very long one stays as it is typed. */
  function paint() {
    const text = area.value;
    const isShort = text.length < TOO_LONG;
    box.classList.toggle("lit", isShort);
    const parts = [];
    let from = 0;
    for (const match of isShort ? text.matchAll(TOKEN) : []) {
      parts.push(text.slice(from, match.index));
      const isBad = bad && match.index <= bad.at && bad.at < match.index + match[0].length;
      parts.push(piece(match[0], [classOf(match), isBad ? "bad-token" : ""].filter(Boolean).join(" ")));
      from = match.index + match[0].length;
    }
    layer.replaceChildren(...(isShort ? [...parts, text.slice(from), "\n"] : []));
    const lines = text.split("\n").length;
    gutter.replaceChildren(...Array.from({ length: lines }, (_, at) => {
      const number = document.createElement("div");
      number.textContent = at + 1;
      if (bad?.line === at + 1) number.className = "bad";
      return number;
    }));
    scroll();
  }

  function scroll() {
    layer.scrollTop = gutter.scrollTop = area.scrollTop;
    layer.scrollLeft = area.scrollLeft;
  }

  /** Put text in place of what stands before the caret, so that undo takes it back. */
  function put(text, back) {
    area.setSelectionRange(area.selectionStart - back, area.selectionEnd);
    if (!document.execCommand("insertText", false, text)) area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  }

  /* Names under the caret */

  const list = document.createElement("ul");
  list.className = "names";
  list.id = "editor-names";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Names");
  form.append(list);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", list.id);
  let chosen = -1;
  let isTaking = false;
  let asking = 0;

  function word() {
    const before = area.value.slice(0, area.selectionStart);
    return /(?:^|[\s({[,;.|/^!+*=])([\p{L}?$][\p{L}\w:-]*)$/u.exec(before)?.[1] ?? "";
  }

  function localNames(begun) {
    if (/^[?$]/.test(begun)) {
      const known = new Set([...area.value.matchAll(/[?$]\w+/g)].map(([each]) => each));
      known.delete(begun);
      return [...known].filter((each) => each.startsWith(begun)).map((value) => ({ value, label: "variable" }));
    }
    if (begun.includes(":") || begun.length < 2) return [];
    return [...KEYWORDS].filter((each) => each.startsWith(begun.toUpperCase())).slice(0, 3).map((value) => ({ value, label: "SPARQL" }));
  }

  async function offer({ isAsked = false } = {}) {
    const begun = word();
    const mine = ++asking;
    if (!begun || (!isAsked && begun.length < 2)) return close();
    let found = localNames(begun);
    if (!/^[?$]/.test(begun) && (isAsked || begun.includes(":"))) {
      const answer = await fetch(`/complete?${new URLSearchParams({ word: begun })}`).catch(() => null);
      if (mine !== asking || word() !== begun) return undefined;
      if (answer?.ok) found = [...found, ...(await answer.json()).items];
    }
    if (mine !== asking) return undefined;
    return found.length && !(found.length === 1 && found[0].value === begun) ? open(found) : close();
  }

  function open(found) {
    list.replaceChildren(...found.map(({ value, label }, at) => {
      const item = document.createElement("li");
      item.id = `editor-name-${at}`;
      item.setAttribute("role", "option");
      item.dataset.value = value;
      const name = document.createElement("b");
      name.textContent = value;
      const words = document.createElement("span");
      words.textContent = label;
      item.append(name, words);
      item.addEventListener("mousedown", (event) => {
        event.preventDefault();
        take(at);
      });
      return item;
    }));
    list.hidden = false;
    place();
    choose(0);
    said.textContent = `${found.length} ${found.length === 1 ? "name" : "names"}`;
  }

  function close() {
    list.hidden = true;
    chosen = -1;
    area.removeAttribute("aria-activedescendant");
  }

  /** Under the line of the caret, by the size of its letters. */
  function place() {
    const before = area.value.slice(0, area.selectionStart - word().length).split("\n");
    const style = getComputedStyle(area);
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = style.font;
    const left = area.offsetLeft + parseFloat(style.paddingLeft) + pen.measureText(before.at(-1).replaceAll("\t", "  ")).width - area.scrollLeft;
    const top = parseFloat(style.paddingTop) + before.length * parseFloat(style.lineHeight) - area.scrollTop;
    const edge = box.getBoundingClientRect();
    list.style.left = `${edge.left + scrollX + Math.max(0, Math.min(left, edge.width - 240))}px`;
    list.style.top = `${edge.top + scrollY + top + 4}px`;
  }

  function choose(at) {
    const items = [...list.children];
    chosen = (at + items.length) % items.length;
    items.forEach((item, number) => item.setAttribute("aria-selected", String(number === chosen)));
    items[chosen].scrollIntoView({ block: "nearest" });
    area.setAttribute("aria-activedescendant", items[chosen].id);
  }

  function take(at) {
    const { value } = list.children[at].dataset;
    isTaking = true;
    put(/^[A-Z]/.test(value) && !value.includes(":") ? `${value} ` : value, word().length);
    isTaking = false;
    asking++;
    close();
    if (value.endsWith(":")) offer();
  }

  /* Running */

  function run() {
    close();
    form.requestSubmit();
  }

  form.addEventListener("submit", () => {
    form.method = new URLSearchParams({ query: area.value }).toString().length > LONGEST_LINK ? "post" : "get";
    said.textContent = "Running";
  });

  area.addEventListener("keydown", (event) => {
    const isOpen = !list.hidden;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
    else if (event.key === " " && event.ctrlKey) offer({ isAsked: true });
    else if (isOpen && event.key === "ArrowDown") choose(chosen + 1);
    else if (isOpen && event.key === "ArrowUp") choose(chosen - 1);
    else if (isOpen && (event.key === "Enter" || event.key === "Tab")) take(chosen);
    else if (isOpen && event.key === "Escape") close();
    else if (event.key === "Enter" && !event.shiftKey) indent();
    else return;
    event.preventDefault();
  });

  /** A new line begins as far in as the last, one step further after an opening bracket. */
  function indent() {
    const line = area.value.slice(0, area.selectionStart).split("\n").at(-1);
    put(`\n${/^\s*/.exec(line)[0]}${/[{(]\s*$/.test(line) ? "  " : ""}`, 0);
  }

  area.addEventListener("input", () => {
    bad = null;
    paint();
    if (!isTaking) offer();
  });
  area.addEventListener("scroll", scroll);
  area.addEventListener("blur", close);
  new ResizeObserver(scroll).observe(area);
  addEventListener("hashchange", fromAddress);

  /** A link may hold the query behind its #, where no server sees it: it is put into the editor, and runs when it is told to. */
  function fromAddress() {
    if (!location.hash.startsWith("#query=")) return;
    area.value = new URLSearchParams(location.hash.slice(1)).get("query");
    bad = null;
    paint();
    area.focus();
  }

  fromAddress();
  paint();
  if (bad) {
    area.focus({ preventScroll: false });
    area.setSelectionRange(bad.at, bad.at);
  }
  document.body.dataset.ready = "true";
})();
