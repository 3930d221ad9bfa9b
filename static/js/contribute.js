// The contribution page: warns before something typed is lost, and shows that saving is under way.
(() => {
  "use strict";
  const form = document.getElementById("editor");
  if (!form) return;
  let unsaved = false;
  let leaving = false;

  form.addEventListener("input", (event) => {
    if (event.target.name !== "standards_q") unsaved = true;
  });
  form.addEventListener("submit", (event) => {
    // A preview opens a tab of its own: this one stays as it is.
    leaving = event.submitter?.formTarget !== "_blank";
  });
  addEventListener("beforeunload", (event) => {
    if (unsaved && !leaving) event.preventDefault();
  });

  // A file is sent as soon as it is chosen, and by its own button alone: whatever else saves would take it without showing a row
  // for it, and the next save, which has no such row, would lose it. One that could not be sent goes after what can.
  const waiting = () => [...form.querySelectorAll("input[type=file]")].filter((input) => input.files.length);
  const sendFiles = () => {
    for (const input of waiting()) document.getElementById(`upload-${input.name}`).click();
  };
  form.addEventListener("change", (event) => {
    if (event.target.type === "file") sendFiles();
  });
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    for (const { name } of waiting()) if (detail.elt.id !== `upload-${name}`) delete detail.parameters[name];
  });

  // The line that says what is saved is renewed with each save and counts the time, so it is not live. Read aloud is that saving
  // fails, that it works again, and a save that somebody pressed the button for.
  const line = () => document.querySelector("#status .saved");
  const spoken = document.getElementById("spoken");
  let failing = false;
  const say = (words) => {
    line().classList.add("saved--failed");
    line().textContent = words;
    if (!failing) spoken.textContent = words;
    failing = true;
  };
  // What is as it was is not put in again: an alert would be read aloud with every save, and a link in it would lose the focus.
  document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    const { fragment: { firstElementChild: fresh }, target } = detail;
    if (target.childElementCount && fresh?.innerHTML.trim() === target.innerHTML.trim()) detail.shouldSwap = false;
  });
  // Whoever has been signed out is led to the sign-in page, which is an answer like any other, and saves nothing.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!new URL(event.detail.xhr.responseURL).pathname.startsWith(form.dataset.signIn)) return;
    event.detail.shouldSwap = false;
    unsaved = true;
    say(form.dataset.signedOut);
  });
  // Signing in again, in another tab, changes the token that the form came with.
  document.addEventListener("htmx:configRequest", (event) => {
    const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
    const field = form.elements.csrfmiddlewaretoken;
    if (!token || !event.detail.parameters.csrfmiddlewaretoken) return;
    event.detail.parameters.csrfmiddlewaretoken = field.value = token[1];
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id === "found") return; // a look-up saves nothing
    unsaved = document.querySelector("#status .saved--failed") !== null || waiting().length > 0;
  });
  // The fields that the list of what is wrong leads to say so too: saving puts none of them in anew.
  const markFields = () => {
    for (const field of form.querySelectorAll("[data-described]")) {
      field.removeAttribute("aria-invalid");
      field.setAttribute("aria-describedby", field.dataset.described);
      delete field.dataset.described;
    }
    for (const link of document.querySelectorAll("#problems a[id]")) {
      const field = document.getElementById(link.hash.slice(1));
      if (!field?.matches("input, select, textarea") || field.ariaInvalid === "true") continue;
      field.dataset.described = field.getAttribute("aria-describedby") ?? "";
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", `${field.dataset.described} ${link.id}`.trim());
    }
  };
  // Who takes the last row away goes on at the heading of its part: the button that had the focus is gone.
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    const heading = target.matches?.(".form-section") && target.querySelector("h2");
    if (!heading || document.activeElement !== document.body) return;
    heading.tabIndex = -1;
    heading.focus();
  });
  // A pressed button that could not save leads to the list of what is wrong; a save of the page's own does not.
  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, successful, target } = event.detail;
    if (successful && target?.id !== "found") {
      markFields();
      if (!elt.id.startsWith("upload-")) sendFiles();
      const fails = line().classList.contains("saved--failed");
      if (!fails && (failing || elt.value === "save")) spoken.textContent = line().textContent;
      failing = fails;
    }
    if (event.detail.elt.closest("button")) {
      setTimeout(() => document.querySelector("#problems .error-summary")?.focus(), 50);
    }
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Redirect")) leaving = true;
  });
  for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(failure, () => {
      unsaved = true;
      say(form.dataset.offline);
    });
  }
})();
