// The viewer is dark by a class alone: follow the theme that was chosen here, or the device's own.
const root = document.documentElement;
const device = matchMedia("(prefers-color-scheme: dark)");
const follow = () => {
  root.classList.toggle("dark-mode", root.dataset.theme ? root.dataset.theme === "dark" : device.matches);
};
device.addEventListener("change", follow);
follow();

// The viewer's groups skip a level of headings.
new MutationObserver(() => {
  for (const heading of document.querySelectorAll("h3.opblock-tag:not([aria-level])")) {
    heading.setAttribute("aria-level", "2");
  }
}).observe(root, { childList: true, subtree: true });
