// Keeps folded and unfolded filters as they were when a choice swaps facets and results (site.js keeps the sheet).
(() => {
  "use strict";
  let kept = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id !== "search-region") return;
    kept = [...event.detail.target.querySelectorAll("details[id]")].map((box) => [box.id, box.open]);
  });
  // Not afterSwap: while it settles, htmx gives fresh elements the attributes that they came with.
  document.addEventListener("htmx:afterSettle", () => {
    for (const [id, open] of kept.splice(0)) {
      const box = document.getElementById(id);
      if (box) box.open = open;
    }
  });
})();
