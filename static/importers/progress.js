// Renews the part of an import's page that moves, until nothing runs any more. Without JavaScript the page reloads.
(() => {
  // The part that is read aloud stays: of a new one, screen readers say nothing.
  const put = (part, fresh) => {
    const focused = part.contains(document.activeElement);
    const state = document.getElementById("import-state");
    state.replaceChildren(...fresh.querySelector("#import-state").childNodes);
    while (state.nextSibling) state.nextSibling.remove();
    fresh.querySelector("#import-state").remove();
    part.append(...fresh.childNodes);
    part.toggleAttribute("data-running", "running" in fresh.dataset);
    if (!focused) return;
    const heading = state.querySelector("h2");
    heading.tabIndex = -1;
    heading.focus();
  };
  const renew = async () => {
    const part = document.getElementById("import-live");
    if (!part || !("running" in part.dataset)) return;
    try {
      const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("import-live");
      if (fresh && fresh.innerHTML !== part.innerHTML) put(part, fresh);
    } catch {
      // The server is away for a moment: the next round asks again.
    }
    window.setTimeout(renew, 1500);
  };
  window.setTimeout(renew, 1000);
})();
