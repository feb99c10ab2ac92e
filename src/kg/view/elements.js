/* Elements made from words: text is only ever text, and only http and https become links. */
const Elements = (() => {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";

  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
    return element;
  }

  /** An HTML element; children are elements or text. */
  const h = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

  /** An SVG element. */
  const s = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

  /** Words from the data: whatever their direction, they turn nothing around them. */
  const words = (text, attributes = {}) => h("bdi", attributes, text);

  /** A link for http and https, plain words for every other IRI. */
  function link(iri, text) {
    const isWeb = /^https?:\/\//i.test(iri);
    return isWeb ? h("a", { href: iri, rel: "noopener noreferrer", target: "_blank" }, words(text)) : words(text);
  }

  /** The outline of a kind, as it stands on the map. */
  function shape(kind, size = 14) {
    const fillOf = `fill-${isDark() ? "dark" : "light"}`;
    const path = s("path", { d: kind.path, class: fillOf, fill: isDark() ? kind.dark : kind.light });
    return s("svg", { viewBox: "-1.6 -1.6 3.2 3.2", width: size, height: size, "aria-hidden": "true", class: "shape" }, path);
  }

  /** Fill a `details` when it is first opened: thousands of lines that nobody reads cost time all the same. */
  function later(details, make) {
    details.addEventListener("toggle", () => details.append(...make()), { once: true });
    return details;
  }

  /** The beginning of a list and the rest of it; a rest is three things at least, fewer stand where a line about them would. */
  const split = (list, limit) => (list.length < limit + 3 ? [list, []] : [list.slice(0, limit), list.slice(limit)]);

  // Made once: `toLocaleString` would make one for each number.
  const FIGURES = new Intl.NumberFormat("en");
  const inFigures = (number) => FIGURES.format(number);

  const darkness = window.matchMedia("(prefers-color-scheme: dark)");
  const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");
  const isForced = window.matchMedia("(forced-colors: active)");
  const isDark = () => darkness.matches;
  const isStill = () => stillness.matches;

  /** Tell those who listen to the page what has changed, politely. */
  function say(text) {
    const region = document.getElementById("said") ?? document.body.appendChild(h("p", { id: "said", class: "unseen", role: "status" }));
    region.textContent = text;
  }

  return { h, s, words, link, shape, later, split, inFigures, say, darkness, isDark, isForced, isStill };
})();
