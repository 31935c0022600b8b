// Printing and sharing need a script, so their buttons come with it.
for (const button of document.querySelectorAll("[data-print], [data-share]")) {
  if (button.matches("[data-share]") && !navigator.share) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    if (button.matches("[data-print]")) return print();
    return navigator.share({ title: document.title, url: button.dataset.share }).catch(() => {});
  });
}
