// For people who read many jobs: keys on lists and pages, and a page that follows its job until it ends.
const KEYS = { j: 1, k: -1 };

function isWriting(event) {
  return event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]");
}

function walk(step) {
  const rows = [...document.querySelectorAll("#result_list tbody tr")];
  const here = rows.indexOf(document.activeElement.closest("tr"));
  const next = here < 0 ? 0 : Math.min(Math.max(here + step, 0), rows.length - 1);
  rows[next]?.querySelector("a")?.focus();
}

document.addEventListener("keydown", (event) => {
  if (isWriting(event)) return;
  const key = event.key.toLowerCase();
  const link = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (link) link.click();
  else if (key in KEYS) walk(KEYS[key]);
});

const open = document.querySelector("[data-reload]");
if (open) setTimeout(() => location.reload(), Number(open.dataset.reload));
