// The photos of a listing: arrow keys and thumbnails move the strip, and the strip marks its thumbnail.
const strip = document.querySelector(".gallery-strip");
const thumbs = [...document.querySelectorAll(".gallery-thumbs a")];

function show(index) {
  const to = Math.max(0, Math.min(thumbs.length - 1, index));
  strip.scrollTo({ left: strip.children[to].offsetLeft - strip.offsetLeft });
}

function shown() {
  return Math.round(strip.scrollLeft / strip.clientWidth);
}

function mark() {
  const now = shown();
  thumbs.forEach((thumb, index) => {
    if (index === now) thumb.setAttribute("aria-current", "true");
    else thumb.removeAttribute("aria-current");
  });
}

thumbs.forEach((thumb, index) => {
  thumb.addEventListener("click", (event) => {
    event.preventDefault();
    show(index);
  });
});

document.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (!step || typing || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(shown() + step);
});

strip.addEventListener("scroll", mark, { passive: true });
