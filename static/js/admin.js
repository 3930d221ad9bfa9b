/* The admin by keyboard. Wagtail hides, or takes out and puts back, the button that was pressed, and with it goes the focus:
   Tab would begin at the top of the page again, behind the whole menu. */
(() => {
  let chooser = null;

  const lost = () => document.activeElement === document.body || document.activeElement === null;
  const focusFirst = (elements) => [...elements].find((one) => one.offsetParent !== null && !one.disabled)?.focus();

  document.addEventListener("click", (event) => {
    chooser = event.target.closest(".chooser");
    const move = "[data-inline-panel-child-move-up], [data-inline-panel-child-move-down]";
    const pressed = event.target.closest(move);
    // At the end of the list the button can be pressed no more; the one beside it can.
    if (pressed && lost()) focusFirst([pressed, ...pressed.parentElement.querySelectorAll(move)]);
  });

  document.addEventListener("w-formset:removed", (event) => {
    if (!lost()) return;
    let next = event.target;
    do next = next.nextElementSibling; while (next?.classList.contains("deleted"));
    focusFirst((next ?? document.getElementById(`${event.detail.formsetPrefix}-ADD`)?.parentElement)?.querySelectorAll("button") ?? []);
  });

  $(document).on("shown.bs.modal", (event) => {
    const heading = event.target.querySelector("h1, h2");
    if (heading) event.target.setAttribute("aria-label", heading.textContent.trim());
  });

  $(document).on("hidden.bs.modal", () => {
    if (lost() && chooser) focusFirst(chooser.querySelectorAll("button"));
  });
})();
