/* Dates as people write them, from EDTF (level 1) as claims have it; what is not understood stays as it is. */
const Dates = (() => {
  "use strict";
  const MONTHS = "January February March April May June July August September October November December".split(" ");
  const SEASONS = { 21: "spring", 22: "summer", 23: "autumn", 24: "winter" };
  const DATE = /^(-?\d{4}|\d{3}X|\d{2}XX)(?:-(\d\d)(?:-(\d\d))?)?([?~%]?)$/;

  function one(text) {
    const parts = DATE.exec(text);
    if (!parts) return text;
    const [, year, month, day, mark] = parts;
    const months = month && (SEASONS[Number(month)] ?? MONTHS[Number(month) - 1]);
    if (month && !months) return text;
    const years = year.replace("XX", "00s").replace(/X$/, "0s");
    const about = { "?": "perhaps ", "~": "about ", "%": "perhaps about " }[mark] ?? "";
    return about + [day && String(Number(day)), months, years].filter(Boolean).join(" ");
  }

  function inWords(text) {
    const ends = text.split("/");
    if (ends.length !== 2) return one(text);
    const [from, until] = ends;
    if (until === ".." || until === "") return `since ${one(from)}`;
    if (from === ".." || from === "") return `until ${one(until)}`;
    return `${one(from)} to ${one(until)}`;
  }

  const DAY = 86_400_000;

  /** Days since 1970 of a day; a month or a day beyond the last runs on into the next. */
  const dayOf = (year, month = 1, day = 1) => new Date(0).setUTCFullYear(year, month - 1, day) / DAY;

  /** The first day of a date and the first day after it; null where it is not understood. */
  function span(text) {
    const parts = DATE.exec(text);
    if (!parts) return null;
    const [, years, second, third] = parts;
    const [year, wide] = years.endsWith("XX") ? [Number(`${years.slice(0, 2)}00`), 100] : years.endsWith("X") ? [Number(`${years.slice(0, 3)}0`), 10] : [Number(years), 1];
    const month = second && Number(second);
    if (!month) return [dayOf(year), dayOf(year + wide)];
    if (SEASONS[month]) return [dayOf(year, 3 * (month - 21) + 3), dayOf(year, 3 * (month - 21) + 6)];
    if (month > 12) return null;
    return third ? [dayOf(year, month, Number(third)), dayOf(year, month, Number(third) + 1)] : [dayOf(year, month), dayOf(year, month + 1)];
  }

  /** The days of an EDTF date or interval, the last exclusive, null for an open end; null for what is no date. */
  function bounds(text) {
    const ends = text.split("/");
    if (ends.length > 2) return null;
    const isOpen = (end) => end === ".." || end === "";
    const [from, until] = ends.map((end) => (isOpen(end) ? "open" : span(end)));
    if (!from || (ends.length === 2 && !until) || (from === "open" && (!until || until === "open"))) return null;
    if (ends.length === 1) return { from: from[0], until: from[1] };
    return { from: from === "open" ? null : from[0], until: until === "open" ? null : until[1] };
  }

  const toIso = (day) => new Date(day * DAY).toISOString().slice(0, -14);
  const fromIso = (text) => Date.parse(text) / DAY;
  const short = (day) => inWords(toIso(day));

  return { bounds, dayOf, fromIso, inWords, short, toIso };
})();
