"use strict";

/* The page is the state: this reads the boxes, and makes the file of decisions from them. */
(() => {
  const form = document.getElementById("decisions");
  const reviewer = document.getElementById("reviewer");
  const checked = document.getElementById("checked");
  const shown = document.getElementById("shown");
  const count = document.getElementById("count");
  const questions = [...form.querySelectorAll(".question")];
  const optionsOf = (question) => [...question.querySelectorAll(".option")];
  const verdictOf = (option) => option.querySelector("input:checked")?.value ?? "";
  const senseOf = (option) => option.querySelector(".as").value;
  const isExact = (option) => verdictOf(option) === "accept" && senseOf(option) === "exact";
  const manualOf = (question) => question.querySelector(".manual").value.trim();
  let isSaved = true;

  /** Say where one thing would get two exact matches in one data set, which no graph may have. */
  const conflictOf = (question) => {
    const seen = new Set();
    for (const option of optionsOf(question)) {
      const { space } = option.dataset;
      if (!isExact(option)) continue;
      if (seen.has(space)) return `It cannot be the same as two things of one data set (${space}): accept one of them.`;
      seen.add(space);
    }
    return "";
  };

  /** Say where what it is said to be, and what is accepted, are two territories: that may be meant, and is saved. */
  const doubtOf = (question) => {
    const said = [...question.querySelectorAll(".linked"), ...optionsOf(question).filter(isExact)];
    const [one, other] = new Set(said.map((each) => each.dataset.territory).filter(Boolean));
    return other ? `These are two territories, ${one} and ${other}: is it both?` : "";
  };

  const review = () => {
    const verdicts = questions.flatMap(optionsOf).map(verdictOf);
    const accepted = verdicts.filter((verdict) => verdict === "accept").length;
    const rejected = verdicts.filter((verdict) => verdict === "reject").length;
    const manual = questions.filter(manualOf).length;
    const words = [`${accepted} accepted`, `${rejected} rejected`];
    if (manual) words.push(`${manual} put in by hand`);
    words.push(`${verdicts.length - accepted - rejected} undecided`);
    count.textContent = words.join(", ");
    for (const question of questions) {
      for (const option of optionsOf(question)) {
        option.classList.toggle("accept", verdictOf(option) === "accept");
        option.classList.toggle("reject", verdictOf(option) === "reject");
      }
      const conflict = question.querySelector(".conflict");
      const said = conflictOf(question) || doubtOf(question);
      if (conflict.textContent !== said) conflict.textContent = said;
      conflict.hidden = !said;
    }
  };

  /** Show the candidates of a choice, and hide what has none; what has the focus stays until another choice is made. */
  const filter = () => {
    const wanted = shown.value;
    let any = false;
    for (const question of questions) {
      let some = false;
      for (const option of optionsOf(question)) {
        const fits = wanted === "all" || (wanted === "open" ? !verdictOf(option) : option.dataset.band === wanted);
        option.hidden = !fits;
        some ||= fits;
      }
      question.hidden = !some;
      any ||= some;
    }
    document.getElementById("nothing").hidden = any;
  };

  const decided = () => {
    const decisions = [];
    const manual = [];
    for (const question of questions) {
      const subject = question.dataset.subject;
      for (const option of optionsOf(question)) {
        const decision = verdictOf(option);
        const { predicate, object, digest } = option.dataset;
        const sense = decision === "accept" ? senseOf(option) : "";
        if (decision) decisions.push({ subject, predicate, object, digest, decision, ...(sense && { sense }) });
      }
      if (manualOf(question)) manual.push({ subject, object: manualOf(question) });
    }
    return { decisions, manual };
  };

  const today = () => {
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  };

  const save = () => {
    const made = decided();
    const conflicted = questions.find(conflictOf);
    if (conflicted) {
      shown.value = "all";
      filter();
      conflicted.scrollIntoView();
      count.textContent = "Not saved: something is accepted as the same as two things of one data set.";
      return;
    }
    if (!made.decisions.length && !made.manual.length) {
      count.textContent = "Nothing is decided yet, so nothing was saved.";
      return;
    }
    const { format, workspace } = document.body.dataset;
    const date = today();
    const text = JSON.stringify({ format, workspace, reviewer: reviewer.value.trim(), checked: checked.value.trim(), date, ...made }, null, 1);
    const url = URL.createObjectURL(new Blob([`${text}\n`], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `decisions-${date}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    isSaved = true;
    count.textContent = `Saved as ${link.download}: ${made.decisions.length + made.manual.length} decisions. Next: kg link apply ${link.download}`;
  };

  form.addEventListener("change", (event) => {
    if (event.target === shown) {
      filter();
      return;
    }
    isSaved = false;
    review();
  });
  form.addEventListener("click", (event) => {
    if (!event.target.matches(".none")) return;
    for (const option of optionsOf(event.target.closest(".question"))) option.querySelector("[value=reject]").checked = true;
    isSaved = false;
    review();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  addEventListener("beforeunload", (event) => {
    if (!isSaved) event.preventDefault();
  });
  review();
  filter();
  document.body.dataset.ready = "";
})();
