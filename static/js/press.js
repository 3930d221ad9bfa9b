// Presses the one button of a page that a mail's link leads to, so that a person's one click is enough. A program that
// only looks the link up runs no script, and changes nothing.
document.querySelector("form[data-press]")?.submit();
