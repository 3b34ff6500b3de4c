"use strict";
(() => {
  const search = document.getElementById("search");
  const found = document.getElementById("found");
  const graph = document.querySelector("figure.graph svg");
  const rows = [...document.querySelectorAll("tbody tr")].map((row) => [row, row.textContent.toLowerCase()]);
  const nodes = graph ? [...graph.querySelectorAll(".node")] : [];
  const edges = graph ? [...graph.querySelectorAll(".edge")] : [];

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (text) => words.every((word) => text.includes(word));
    let shown = 0;
    for (const [row, text] of rows) {
      row.hidden = !fits(text);
      shown += row.hidden ? 0 : 1;
    }
    const hits = new Set(nodes.filter((node) => fits(node.dataset.text.toLowerCase())).map((node) => node.id));
    const near = new Set(hits);
    for (const edge of edges) {
      const on = hits.has(edge.dataset.from) || hits.has(edge.dataset.to);
      edge.classList.toggle("off", words.length > 0 && !on);
      if (on) { near.add(edge.dataset.from); near.add(edge.dataset.to); }
    }
    for (const node of nodes) node.classList.toggle("off", words.length > 0 && !near.has(node.id));
    found.textContent = words.length ? `${shown} of ${rows.length} rows` : "";
  }

  function choose(chosen) {
    const on = chosen && chosen.getAttribute("aria-pressed") !== "true" ? chosen.id : null;
    const near = new Set([on]);
    for (const edge of edges) {
      const touches = on === edge.dataset.from || on === edge.dataset.to;
      edge.classList.toggle("on", touches);
      if (touches) { near.add(edge.dataset.from); near.add(edge.dataset.to); }
    }
    for (const node of nodes) {
      node.classList.toggle("on", near.has(node.id));
      node.setAttribute("aria-pressed", String(node.id === on));
    }
    graph.classList.toggle("chosen", on !== null);
  }

  search.addEventListener("input", filter);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && event.target === document.body) { event.preventDefault(); search.focus(); }
    if (event.key === "Escape") { search.value = ""; filter(); if (graph) choose(null); }
  });
  for (const node of nodes) {
    node.addEventListener("click", () => choose(node));
    node.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(node); }
    });
  }
})();
