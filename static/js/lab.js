// The prompt lab: what is typed and not yet posted outlives a reload and the way back, in its tab alone.
"use strict";

(() => {
  const bench = document.querySelector(".lab-bench");
  const kept = `lab ${bench.getAttribute("action")}`;
  const all = () => Object.keys(sessionStorage).filter((name) => name.startsWith("lab "));
  const read = (name) => JSON.parse(sessionStorage.getItem(name)) ?? { typed: {} };
  const write = (entry) => sessionStorage.setItem(kept, JSON.stringify(entry));

  // A post that came through leads to a page of the lab; one that did not is left by going back.
  if (performance.getEntriesByType("navigation")[0]?.type !== "back_forward")
    for (const name of all()) if (read(name).isPosted) sessionStorage.removeItem(name);

  for (const [name, value] of Object.entries(read(kept).typed)) {
    const control = bench.elements.namedItem(name);
    if (!control || control.value === value) continue;
    control.value = value;
    document.querySelector("[data-kept]").hidden = false;
  }

  bench.addEventListener("input", ({ target }) => {
    if (!target.matches("textarea, select, input[type=text], input[type=number]")) return;
    write({ typed: { ...read(kept).typed, [target.name]: target.value } });
  });
  bench.addEventListener("submit", () => write({ ...read(kept), isPosted: true }));
  document.querySelector(".lab-page > .lab").addEventListener("submit", () => {
    for (const name of all()) sessionStorage.removeItem(name); // Start over
  });
})();
