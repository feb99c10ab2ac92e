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

  return { inWords };
})();
