// Renews the part of an import's page that moves, until nothing runs any more. Without JavaScript the page reloads.
(() => {
  const renew = async () => {
    const part = document.getElementById("import-live");
    if (!part || !("running" in part.dataset)) return;
    try {
      const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("import-live");
      if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceWith(fresh);
    } catch {
      // The server is away for a moment: the next round asks again.
    }
    window.setTimeout(renew, 1500);
  };
  window.setTimeout(renew, 1000);
})();
