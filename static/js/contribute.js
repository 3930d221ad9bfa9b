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

  const say = (words) => {
    const line = document.querySelector("#status .saved");
    if (line) line.textContent = words;
  };
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
    unsaved = document.querySelector("#status .saved--failed") !== null;
  });
  // A pressed button that could not save leads to the list of what is wrong; a save of the page's own does not.
  document.addEventListener("htmx:afterRequest", (event) => {
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
