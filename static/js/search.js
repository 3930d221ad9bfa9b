// Keeps the reader's place on the search page when a choice swaps facets and results.
(() => {
  "use strict";
  const region = () => document.getElementById("search-region");
  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id !== "search-region") return;
    const details = [...region().querySelectorAll("details[id]")];
    const sheet = document.getElementById("filters");
    kept = {
      open: details.map((box) => [box.id, box.open]),
      sheet: sheet?.classList.contains("is-open") ?? false,
      scroll: sheet?.scrollTop ?? 0,
    };
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (!kept) return;
    const { open, sheet, scroll } = kept;
    kept = null;
    for (const [id, wasOpen] of open) {
      const box = document.getElementById(id);
      if (box) box.open = wasOpen;
    }
    const filters = document.getElementById("filters");
    if (!sheet || !filters) return;
    // The header and footer are still inert from when the sheet was opened; the new results must be so, too.
    filters.classList.add("is-open");
    filters.scrollTop = scroll;
    for (let node = filters; node.id !== "search-form"; node = node.parentElement) {
      for (const sibling of node.parentElement.children) if (sibling !== node) sibling.inert = true;
    }
  });
})();
