// The viewer is dark by a class alone: follow the theme that was chosen here, or the device's own.
const root = document.documentElement;
const device = matchMedia("(prefers-color-scheme: dark)");
const follow = () => {
  root.classList.toggle("dark-mode", root.dataset.theme ? root.dataset.theme === "dark" : device.matches);
};
device.addEventListener("change", follow);
follow();
