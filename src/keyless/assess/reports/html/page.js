"use strict";
(() => {
  const search = document.getElementById("search");
  const found = document.getElementById("found");
  const boxes = [...document.querySelectorAll(".filter input")];
  const articles = [...document.querySelectorAll("article")].map((one) => [one, one.textContent.toLowerCase()]);

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const off = new Set(boxes.filter((box) => !box.checked).map((box) => box.value));
    let shown = 0;
    for (const [one, text] of articles) {
      one.hidden = off.has(one.dataset.severity) || off.has(one.dataset.group)
        || !words.every((word) => text.includes(word));
      shown += one.hidden ? 0 : 1;
    }
    for (const section of document.querySelectorAll("section.group")) {
      section.hidden = !section.querySelector("article:not([hidden])");
    }
    found.textContent = shown < articles.length ? `${shown} of ${articles.length}` : "";
  }

  search.addEventListener("input", filter);
  for (const box of boxes) box.addEventListener("change", filter);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && event.target === document.body) { event.preventDefault(); search.focus(); }
    if (event.key === "Escape") { search.value = ""; filter(); }
  });
})();
