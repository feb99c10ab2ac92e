/* What a script adds to pages that work without it: a link that is copied at once, names that complete themselves. */
(() => {
  "use strict";

  /** Names that fit what stands in a field, as the field's own list of them. */
  function complete(input) {
    const list = document.getElementById(input.getAttribute("list"));
    let waiting = 0;
    let asked = input.value;
    async function ask() {
      const word = input.value.trim();
      if (word === asked || !word) return;
      asked = word;
      const answer = await fetch(`/complete?${new URLSearchParams({ word, type: input.dataset.complete })}`).catch(() => null);
      if (!answer?.ok || input.value.trim() !== word) return;
      const { items } = await answer.json();
      list.replaceChildren(...items.map(({ value, label, id }) => {
        const option = document.createElement("option");
        option.value = value;
        option.label = value === label ? id : `${label} (${id})`;
        return option;
      }));
    }
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, 120);
    });
  }

  /** The link to copy; where the browser lets no page write to the clipboard, a field that holds it. */
  function copied(link) {
    const said = link.nextElementSibling;
    link.setAttribute("role", "button");
    link.addEventListener("keydown", (event) => {
      if (event.key === " ") {
        event.preventDefault();
        link.click();
      }
    });
    link.addEventListener("click", async (event) => {
      event.preventDefault();
      try {
        await navigator.clipboard.writeText(link.href);
        said.textContent = "Copied";
      } catch {
        const field = document.createElement("input");
        field.readOnly = true;
        field.value = link.href;
        field.setAttribute("aria-label", "Link to this result");
        link.replaceWith(field);
        field.focus();
        field.select();
        said.textContent = "Copy it from the field";
      }
    });
  }

  document.querySelectorAll("[data-complete]").forEach(complete);
  const link = document.getElementById("copy-link");
  if (link) copied(link);

  /** Where columns are cut at the right edge, words that say so and lead on. */
  function tellMore(hint) {
    const region = hint.nextElementSibling;
    const look = () => {
      hint.hidden = region.scrollLeft + region.clientWidth >= region.scrollWidth - 2;
    };
    hint.firstElementChild.addEventListener("click", () => region.scrollBy({ left: region.clientWidth * 0.8 }));
    region.addEventListener("scroll", look, { passive: true });
    new ResizeObserver(look).observe(region);
    look();
  }

  /** To run what stands in the address already is to ask again: with a hash in its address a form would only scroll. */
  function rerun(event) {
    const form = event.target;
    const said = (search) => new URLSearchParams(search).toString().replaceAll("%0D%0A", "%0A");
    const isHere = new URL(form.action).pathname === location.pathname && location.search && location.hash === "#result";
    if (!isHere || said(new FormData(form)) !== said(location.search)) return;
    event.preventDefault();
    location.reload();
  }

  document.querySelectorAll("form[action$='#result']").forEach((form) => form.addEventListener("submit", rerun));
  document.querySelectorAll(".more-columns").forEach(tellMore);

  /* A form leaves out what was not filled in, so that links are as short as what they say. */
  document.querySelectorAll("form.fields").forEach((form) =>
    form.addEventListener("formdata", ({ formData }) => [...formData].forEach(([name, value]) => value === "" && formData.delete(name))));
})();
