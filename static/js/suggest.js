// A search box that offers standards, topics and titles while one types (ARIA's combobox with a list). Without this script it
// is a plain box. Arrow keys walk through the list, Enter opens what is marked or else searches, Escape closes the list.
(() => {
  "use strict";
  const PAUSE = 120; // milliseconds without a key

  const attach = (input) => {
    const list = document.createElement("ul");
    list.className = "suggest";
    list.id = `${input.id}-suggestions`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.dataset.suggestLabel);
    list.hidden = true;
    const status = document.createElement("span");
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    input.closest(".search-box").append(list, status);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    let timer = 0;
    let asking = null;
    let typed = "";

    const options = () => [...list.querySelectorAll("[role=option]")];
    const marked = () => list.querySelector("[aria-selected=true]");
    const mark = (option) => {
      marked()?.setAttribute("aria-selected", "false");
      option?.setAttribute("aria-selected", "true");
      option?.scrollIntoView({ block: "nearest" });
      if (option) input.setAttribute("aria-activedescendant", option.id);
      else input.removeAttribute("aria-activedescendant");
    };
    const close = () => {
      clearTimeout(timer);
      asking?.abort();
      mark(null);
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      status.textContent = "";
    };
    const empty = () => {
      close();
      list.replaceChildren();
    };
    const open = (html) => {
      list.innerHTML = html;
      options().forEach((option, n) => { option.id = `${list.id}-${n}`; });
      const count = options().length;
      list.hidden = count === 0;
      input.setAttribute("aria-expanded", String(count > 0));
      input.removeAttribute("aria-activedescendant");
      // With every key the same number would be read aloud again.
      const found = count ? input.dataset.suggestFound.replace("0", count) : "";
      if (status.textContent !== found) status.textContent = found;
    };
    const ask = async () => {
      asking?.abort();
      asking = new AbortController();
      const q = input.value.trim();
      typed = input.value;
      try {
        const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(q)}`, { signal: asking.signal });
        if (!answer.ok) empty();
        else if (document.activeElement === input && input.value === typed) open(await answer.text());
      } catch (error) {
        if (error.name !== "AbortError") close(); // it is a comfort: the box works without it
      }
    };

    input.addEventListener("input", () => {
      clearTimeout(timer);
      mark(null); // what was marked was for other words
      if (input.value.trim().length < 2) empty();
      else timer = setTimeout(ask, PAUSE);
    });
    input.addEventListener("keydown", (event) => {
      const all = options();
      const at = all.indexOf(marked());
      if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length) {
        event.preventDefault();
        list.hidden = false;
        input.setAttribute("aria-expanded", "true");
        const step = event.key === "ArrowDown" ? 1 : -1;
        // One place before the first and after the last is the box itself, with nothing marked.
        const next = at === -1 && step === -1 ? all.length - 1 : at + step;
        mark(all[next] ?? null);
      } else if (event.key === "Enter") {
        const option = list.hidden ? null : marked();
        close();
        if (option) {
          event.preventDefault();
          location.assign(option.dataset.url);
        }
      } else if (event.key === "Tab") {
        close();
      }
    });
    input.addEventListener("blur", close);
    // Before the box loses the focus, which would close the list.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) location.assign(option.dataset.url);
    });
  };

  for (const input of document.querySelectorAll("input[data-suggest]")) attach(input);
})();
