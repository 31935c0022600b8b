// After a swap the keyboard stays where it was: htmx finds the control again by its id. Where the control is gone
// the heading, which says what is shown now, takes its place.
let used = "";
document.addEventListener("htmx:beforeSwap", () => {
  used = document.activeElement?.id ?? "";
});
document.addEventListener("htmx:afterSettle", () => {
  if (document.activeElement !== document.body) return; // htmx found it, or nothing was taken away
  (document.getElementById(used) ?? document.querySelector("#shelf h1"))?.focus();
});
