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
  document.addEventListener("htmx:afterSettle", () => {
    unsaved = document.querySelector("#status .saved--failed") !== null;
  });
  for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(failure, () => {
      unsaved = true;
      say(form.dataset.offline);
    });
  }
})();
