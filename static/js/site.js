// Small comforts on top of pages that work without them.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");

  // Menus and code notes: one open at a time; Escape and a press outside close them.
  const floating = "details.menu[open], details.code[open]";
  const closeFloating = (except) => {
    for (const box of document.querySelectorAll(floating)) {
      if (box !== except && !box.contains(except)) box.open = false;
    }
  };
  document.addEventListener("click", (event) => closeFloating(event.target.closest("details.menu, details.code")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = event.target.closest?.(floating);
    if (open) open.querySelector("summary").focus();
    closeFloating(null);
    // The hint of a hovered or focused code goes away too (WCAG 1.4.13).
    const hinted = document.querySelector(".code:hover, .code:focus-within");
    if (hinted) {
      hinted.classList.add("code--dismissed");
      const again = () => hinted.classList.remove("code--dismissed");
      hinted.addEventListener("mouseleave", again, { once: true });
      hinted.addEventListener("focusout", again, { once: true });
    }
    closeSheet();
  });
  // A hint that would leave the screen opens towards the other side.
  const turn = (event) => {
    const code = event.target.closest?.(".code");
    if (!code) return;
    const place = code.getBoundingClientRect();
    const room = Math.min(384, root.clientWidth * 0.8);
    code.classList.toggle("code--end", place.left + room > root.clientWidth && place.right - room > 0);
  };
  document.addEventListener("pointerover", turn, { passive: true });
  document.addEventListener("focusin", turn);

  // The filter sheet on phones. It stays open while htmx puts fresh filters into it.
  let openSheet = "";
  let scrolled = 0;
  // While it is open, the history has an entry more, so that Back closes it; a choice made in it takes the place of that entry.
  let ownEntry = "";
  let isLeaving = false;
  const addEntry = () => {
    // Without this mark htmx would not put back what is here, once choices were made.
    history.replaceState({ ...history.state, htmx: true }, "");
    history.pushState({ sheet: openSheet }, "");
    ownEntry = location.href;
  };
  window.addEventListener("popstate", (event) => {
    const isOwn = isLeaving || ownEntry === location.href;
    isLeaving = false;
    ownEntry = "";
    closeSheet();
    if (isOwn) event.stopImmediatePropagation();  // htmx has nothing to put back
  });
  document.addEventListener("htmx:beforeHistoryUpdate", ({ detail }) => {
    if (ownEntry) detail.history.type = "replace";
    ownEntry = "";
  });
  const outside = (sheet) => {
    const rest = [];
    for (let node = sheet; node && node !== document.body; node = node.parentElement) {
      for (const sibling of node.parentElement.children) if (sibling !== node) rest.push(sibling);
    }
    return rest;
  };
  const showSheet = () => {
    const sheet = document.getElementById(openSheet);
    sheet.classList.add("is-open");
    for (const element of outside(sheet)) element.inert = true;
    return sheet;
  };
  function closeSheet() {
    const sheet = openSheet && document.getElementById(openSheet);
    if (!sheet) return;
    const opener = document.querySelector(`a.sheet__open[href="#${openSheet}"]`);
    openSheet = "";
    sheet.classList.remove("is-open");
    for (const element of outside(sheet)) element.inert = false;
    opener?.focus();
    if (ownEntry && history.state?.sheet) {
      isLeaving = true;
      history.back();
    }
    ownEntry = "";
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.sheet__open");
    if (link) {
      event.preventDefault();
      openSheet = link.hash.slice(1);
      addEntry();
      const title = showSheet().querySelector("h2");
      title.tabIndex = -1;
      title.focus();
    } else if (event.target.closest("[data-close-sheet]")) {
      event.preventDefault();
      closeSheet();
    }
  });
  // On the page for what is not there: without results, or while search rests, the link to the search stays, which says so.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.closest(".trouble__found") && !detail.serverResponse.includes('<ol class="cards"')) detail.shouldSwap = false;
  });
  document.addEventListener("htmx:beforeSwap", () => {
    if (openSheet) scrolled = document.getElementById(openSheet).scrollTop;
  });
  // Not afterSwap: while it settles, htmx gives fresh elements the attributes that they came with.
  document.addEventListener("htmx:afterSettle", () => {
    if (!openSheet) return;
    if (!ownEntry) addEntry();
    showSheet().scrollTop = scrolled;
  });
  // What Back puts back may have been kept while the sheet was open.
  document.addEventListener("htmx:historyRestore", () => {
    if (openSheet) return;
    for (const sheet of document.querySelectorAll(".sheet.is-open")) {
      sheet.classList.remove("is-open");
      for (const element of outside(sheet)) element.inert = false;
    }
  });
  window.matchMedia("(min-width: 60rem)").addEventListener("change", closeSheet);

  // Forms marked data-auto send themselves when a choice is made by hand; their button is for pages without JavaScript, and for
  // the keyboard: each arrow key in a list is a change, and who goes through it would never come to the third.
  let isByKey = false;
  document.addEventListener("keydown", () => (isByKey = true), true);
  document.addEventListener("pointerdown", () => (isByKey = false), true);
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-auto]");
    if (form && !isByKey && !form.hasAttribute("hx-get")) form.requestSubmit();
  });

  // A button that is pressed twice in a moment sends its form once.
  let sent = {};
  document.addEventListener("submit", (event) => {
    const { target: form, submitter, timeStamp } = event;
    if (event.defaultPrevented || form.method !== "post") return;
    if (sent.form === form && sent.submitter === submitter && timeStamp - sent.timeStamp < 1000) event.preventDefault();
    else sent = { form, submitter, timeStamp };
  });

  // What was sent from a form marked data-keep is put back if the session had ended, and one comes back by way of signing in,
  // or if it was a form of another session.
  const KEPT = "kept-form";
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-keep]")) return;
    const typed = [...new FormData(event.target)].filter(([name]) => name !== "csrfmiddlewaretoken");
    sessionStorage.setItem(KEPT, JSON.stringify({ path: location.pathname, typed }));
  });
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  const keeping = document.querySelector("form[data-keep]");
  if (keeping && kept.path === location.pathname) {
    // What was decided was about one version: of another, only the words are put back.
    const seen = Object.fromEntries(kept.typed).revision === keeping.elements.revision?.value;
    for (const [name, value] of kept.typed) {
      for (const field of keeping.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (field.type === "textarea") field.value = value;
        else if (!seen || ["hidden", "file"].includes(field.type)) continue;
        else if (["radio", "checkbox"].includes(field.type)) field.checked ||= field.value === value;
        else field.value = value;
      }
    }
  }
  const back = document.querySelector("[data-kept-form]");
  if (back && kept.path === location.pathname) {
    back.hidden = false;
    back.nextElementSibling.hidden = true;
  } else if (!location.pathname.startsWith("/accounts/")) sessionStorage.removeItem(KEPT);

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  // Of what htmx puts in, the line marked data-say is read aloud: a region that is live would be read with all that is in it, and
  // one that comes new with the answer not at all.
  const spoken = document.getElementById("spoken");
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    const line = target.matches?.("[data-say]") ? target : target.querySelector?.("[data-say]");
    const words = line?.textContent.trim();
    if (words && words !== spoken.textContent) spoken.textContent = words;
  });

  // What was done is told on the page that comes next. A live region tells what comes into it later, so it comes in once more.
  const notices = document.getElementById("notices");
  if (notices?.childElementCount) setTimeout(() => notices.replaceChildren(...notices.childNodes), 500);

  // "Saved 10 seconds ago": <time data-ago datetime="…"> counts in words.
  const words = new Intl.RelativeTimeFormat(root.lang || "en", { numeric: "auto" });
  const ago = () => {
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const seconds = Math.round((Date.parse(time.dateTime) - Date.now()) / 1000);
      const past = Math.abs(seconds);
      const text = past < 10 ? words.format(0, "second")
        : past < 60 ? words.format(Math.round(seconds / 10) * 10, "second")
        : past < 3600 ? words.format(Math.round(seconds / 60), "minute")
        : past < 86400 ? words.format(Math.round(seconds / 3600), "hour")
        : words.format(Math.round(seconds / 86400), "day");
      if (time.textContent !== text) time.textContent = text;
    }
  };
  ago();
  setInterval(ago, 10000);
  document.addEventListener("htmx:afterSwap", ago);

  // The first error takes the focus, so that a screen reader starts there.
  document.querySelector(".error-summary")?.focus();

  // Paper shows what is folded on screen. Not of a tree, whose branches come when somebody unfolds them.
  const folded = [];
  addEventListener("beforeprint", () => {
    for (const box of document.querySelectorAll("main details:not(.menu, .code, .tree__node, [open])")) {
      box.open = true;
      folded.push(box);
    }
  });
  addEventListener("afterprint", () => {
    for (const box of folded.splice(0)) box.open = false;
  });
})();
