// The search page, whose facets and results are swapped by htmx at each choice: filters stay folded or unfolded (site.js keeps the
// sheet), the box says what is shown, the focus stays near to what was pressed, and an answer that does not come is told.
(() => {
  "use strict";
  const box = document.getElementById("search-q");
  const region = () => document.getElementById("search-region");
  const status = document.getElementById("search-status");
  let kept = [];
  let near = "";
  let notes = "";

  // What was shown stays, and a notice says so where the choice was made, with the address that was asked for.
  const tellFailed = ({ detail }) => {
    document.querySelector(".search__failed")?.remove();
    const notice = document.getElementById("search-failed").content.firstElementChild.cloneNode(true);
    notice.querySelector("a").href = detail.pathInfo.finalRequestPath;
    const sheet = document.querySelector(".sheet.is-open .sheet__head");
    if (sheet) sheet.after(notice);
    else (document.querySelector(".search__results") ?? region()).prepend(notice);
  };
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, tellFailed);
  }

  // Who sees the page sees it fade while an answer takes long; who hears it is told.
  let slow = 0;
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.target?.id !== "search-region") return;
    clearTimeout(slow);
    slow = setTimeout(() => (status.textContent = status.dataset.waiting), 1500);
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.target?.id !== "search-region") return;
    clearTimeout(slow);
    if (status.textContent === status.dataset.waiting) status.textContent = "";
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id !== "search-region" || !event.detail.shouldSwap) return;
    // Some networks answer in our place, with a page of theirs: htmx would put nothing where the results are.
    if (!event.detail.serverResponse.includes('id="search-region"')) {
      event.detail.shouldSwap = false;
      tellFailed(event);
      return;
    }
    kept = [...region().querySelectorAll("details[id]")].map((fold) => [fold.id, fold.open]);
    // What is pressed may not come back, as a chip: then the heading that it stood under takes the focus.
    const pressed = region().contains(document.activeElement) && document.activeElement;
    near = pressed && (pressed.closest("[aria-labelledby]")?.getAttribute("aria-labelledby") ?? "results-title");
  });
  // Not afterSwap: while it settles, htmx gives fresh elements the attributes that they came with.
  document.addEventListener("htmx:afterSettle", () => {
    // Taking words of the query away by a chip changes the box too, unless somebody is typing in it.
    if (document.activeElement !== box) box.value = region().dataset.q;
    for (const [id, open] of kept.splice(0)) {
      const fold = document.getElementById(id);
      if (fold) fold.open = open;
    }
    if (near && document.activeElement === document.body) {
      const heading = [near, "results-title"].map((id) => document.getElementById(id));
      const place = heading.find((element) => element?.checkVisibility()) ?? region();
      place.tabIndex = -1;
      place.focus();
      // Read aloud with the focus already.
      if (place.id === "results-title") status.textContent = "";
    }
    near = "";
    // That what was found is for other words is heard with the number, when it is new.
    const told = [...region().querySelectorAll(".search__fuzzy")].map((one) => one.textContent.trim()).join(" ");
    if (told && told !== notes) status.append(". ", told);
    notes = told;
  });

  // Back and Forward: only facets and results are put back, so what stands beside them follows here.
  document.addEventListener("htmx:historyRestore", () => {
    htmx.trigger("#search-form", "htmx:abort"); // an answer under way would bring the later search again
    box.value = region().dataset.q;
    status.textContent = document.getElementById("results-title")?.textContent ?? "";
  });
})();
