// When a choice swaps facets and results: filters stay folded or unfolded (site.js keeps the sheet), the box says what is shown.
(() => {
  "use strict";
  let kept = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id !== "search-region") return;
    kept = [...event.detail.target.querySelectorAll("details[id]")].map((box) => [box.id, box.open]);
  });
  // Not afterSwap: while it settles, htmx gives fresh elements the attributes that they came with.
  document.addEventListener("htmx:afterSettle", () => {
    // Taking words of the query away by a chip changes the box too, unless somebody is typing in it.
    const typed = document.getElementById("search-q");
    const region = document.getElementById("search-region");
    if (typed && region && document.activeElement !== typed) typed.value = region.dataset.q;
    for (const [id, open] of kept.splice(0)) {
      const box = document.getElementById(id);
      if (box) box.open = open;
    }
  });
})();
