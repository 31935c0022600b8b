/* Suggestions on the sell page. Asks how the reading goes, fills what is untouched, puts the rest beside it.
 *
 * A control is written here only while it is empty, untouched and not focused, or when *Use* or *Clear* is pressed.
 * The slots' hidden inputs offer_<f> and how_<f> say what was shown and what became of it; form.js saves them. */
"use strict";

(() => {
  const YOUNG_SECONDS = 20;
  const YOUNG_WAIT = 350;
  const WAITS = [1000, 2000, 5000];

  const form = document.querySelector("form[data-sell]");
  if (!form) return;
  const assistant = () => document.getElementById("assistant");
  const slotOf = (name) => form.querySelector(`[data-suggestion="${name}"]`);
  const control = (name) => form.elements.namedItem(name);
  const hidden = (kind, name) => form.elements.namedItem(`${kind}_${name}`);

  /* --- one field ------------------------------------------------------------------------------------------ */

  let filling = false;

  /** Write as if it were typed, so that the browser's undo brings back what stood there; false where it can't. */
  function typeOver(target, value) {
    if (!(target instanceof HTMLElement) || !target.matches("input[type=text], textarea") || !target.value) return false;
    const was = document.activeElement;
    target.focus({ preventScroll: true });
    target.select();
    const done = document.execCommand(value ? "insertText" : "delete", false, value);
    if (was && was !== target) was.focus({ preventScroll: true });
    return done && target.value === value;
  }

  function put(name, value) {
    filling = true;
    const target = control(name);
    if (!typeOver(target, value)) target.value = value;
    const one = target instanceof RadioNodeList ? [...target].find((radio) => radio.checked) || target[0] : target;
    one.dispatchEvent(new Event("input", { bubbles: true }));
    one.dispatchEvent(new Event("change", { bubbles: true }));
    filling = false;
  }

  function decide(name, how, shown) {
    hidden("how", name).value = how;
    slotOf(name).dataset.shown = shown;
  }

  function labelOf(name, offer) {
    if (offer.text) return offer.text;
    const choice = form.querySelector(`[name="${name}"] option[value="${CSS.escape(offer.value)}"]`);
    return choice ? choice.textContent.trim() : offer.value;
  }

  function show(name, offer) {
    const slot = slotOf(name);
    const mark = offer.digest || "untold";
    if (!slot || slot.dataset.offer === mark) return;
    slot.dataset.offer = mark;
    if (offer.value === null && slot.dataset.shown !== "none") return; // an earlier suggestion stays to be seen
    slot.querySelector("[data-note]").textContent = offer.note;
    if (offer.value === null) {
      slot.dataset.shown = "untold";
      return;
    }
    hidden("offer", name).value = offer.digest;
    slot.dataset.value = offer.value;
    slot.querySelector("[data-value-text]").textContent = labelOf(name, offer);
    offerAll(slot.querySelector("[data-words]"));
    const how = hidden("how", name).value;
    const isFocused = document.activeElement && document.activeElement.name === name;
    if (how === "untouched" && !control(name).value && !isFocused) {
      put(name, offer.value);
      decide(name, "filled", "filled");
    } else if (control(name).value !== offer.value) {
      slot.dataset.shown = "beside";
    }
  }

  /** Offer *Show all* where the suggestion beside the field is cut, as it may be at another width. */
  function offerAll(words) {
    const all = words.closest("[data-suggestion]").querySelector("[data-all]");
    const isCut = words.scrollHeight > words.clientHeight;
    if (all.getAttribute("aria-expanded") === "false") all.hidden = !isCut;
  }

  const widths = new ResizeObserver((entries) => entries.forEach((entry) => offerAll(entry.target)));
  for (const words of form.querySelectorAll("[data-words]")) widths.observe(words);

  const presses = {
    use(name) {
      put(name, slotOf(name).dataset.value);
      decide(name, "used", "filled");
    },
    dismiss(name) {
      decide(name, "dismissed", "none");
    },
    clear(name) {
      put(name, "");
      decide(name, "cleared", "none");
    },
  };

  form.addEventListener("input", (event) => {
    const slot = !filling && event.target.name && slotOf(event.target.name);
    if (!slot || hidden("how", event.target.name).value === "dismissed") return;
    decide(event.target.name, "typed", slot.dataset.shown === "filled" ? "none" : slot.dataset.shown);
  });

  /* --- the reading ---------------------------------------------------------------------------------------- */

  let timer = 0;
  let asking = false;
  let late = 0;
  let born = performance.now();
  let ends = Infinity;

  function begin() {
    born = performance.now() - 1000 * Number(assistant().dataset.age || 0);
    ends = performance.now() + 1000 * Number(assistant().dataset.left || 0);
    late = 0;
    next();
  }

  function next() {
    clearTimeout(timer);
    if (assistant().dataset.underWay !== "yes" || document.hidden) return;
    const young = performance.now() - born < 1000 * YOUNG_SECONDS;
    const wait = young ? YOUNG_WAIT : WAITS[Math.min(late++, WAITS.length - 1)];
    const left = ends - performance.now() + 100; // at its deadline the reading gives up, whoever is alive to say so
    timer = setTimeout(ask, left > 0 ? Math.min(wait, left) : wait);
  }

  async function ask() {
    const block = assistant();
    if (asking || !block.dataset.progress) return;
    asking = true;
    try {
      const answer = await fetch(`${block.dataset.progress}&after=${block.dataset.sequence}`, {
        headers: { Accept: "application/json" },
        cache: "no-store",
      });
      const progress = answer.status === 200 ? await answer.json() : null;
      if (assistant() !== block) return; // a button was pressed meanwhile: this answer is of before
      if (progress) update(progress);
      else if (answer.status === 404) block.dataset.underWay = "no";
    } catch {
      late = WAITS.length; // offline: ask again, slowly
    } finally {
      asking = false;
      if (assistant() === block) next();
      else ask();
    }
  }

  function update(progress) {
    const block = assistant();
    block.dataset.sequence = progress.sequence;
    block.dataset.phase = progress.phase;
    block.dataset.underWay = progress.under_way ? "yes" : "no";
    const line = block.querySelector(".status");
    for (const [name, offer] of Object.entries(progress.fields)) show(name, offer);
    if (line.textContent !== progress.words) line.textContent = progress.words;
  }

  /* --- buttons -------------------------------------------------------------------------------------------- */

  /** Send one press without the fields, which are form.js's to save. */
  async function send(what, accept, extra = {}) {
    const body = new FormData();
    for (const name of ["csrfmiddlewaretoken", "job"]) body.set(name, form.elements.namedItem(name)?.value ?? "");
    for (const [name, value] of Object.entries({ do: what, ...extra })) body.set(name, value);
    const answer = await fetch(form.dataset.sell, { method: "POST", body, headers: { Accept: accept } });
    if (!answer.ok) throw new Error(`${what}: ${answer.status}`);
    return answer.text();
  }

  /** Take the assistant's block from a page of the server. */
  function renew(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const block = page.getElementById("assistant");
    if (!block) return;
    const line = assistant().querySelector(".status");
    const words = block.querySelector(".status").textContent;
    block.querySelector(".status").replaceWith(line); // the same live region, or nothing is announced
    const isFocused = assistant().contains(document.activeElement);
    assistant().replaceWith(block);
    line.textContent = words;
    if (isFocused) [...block.querySelectorAll("button")].find((button) => button.offsetParent)?.focus();
    tell(page.querySelector(".messages"));
    block.dataset.sequence = "0"; // what has arrived is yet to be shown
    begin();
    ask();
  }

  /** Messages of the page that was fetched are shown nowhere else. */
  function tell(told) {
    if (!told) return;
    document.querySelector(".messages")?.remove();
    document.getElementById("main").before(told);
  }

  async function reload() {
    const answer = await fetch(form.dataset.sell, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (answer.ok) renew(await answer.text());
  }

  let told = Promise.resolve(); // one at a time: a word goes with the thumb before it

  function thumb(place, up) {
    place.dataset.thumb = up ? "up" : "down";
    for (const button of place.querySelectorAll("[data-thumbs] button[aria-pressed]"))
      button.setAttribute("aria-pressed", String(button.value.startsWith("up") === up));
  }

  /** The word's own field goes away with the thanks: its focus goes back to the thumb. */
  function thank(place) {
    const isFocused = place.querySelector(".word").contains(document.activeElement);
    place.dataset.thumb = "thanks";
    if (isFocused) place.querySelector('.thumb[aria-pressed="true"]')?.focus();
  }

  form.addEventListener("click", (event) => {
    const all = event.target.closest("[data-all]");
    if (all) all.setAttribute("aria-expanded", String(all.getAttribute("aria-expanded") === "false"));
    const button = event.target.closest("button[name=do]");
    if (!button) return;
    const [verb, name] = button.value.split(":");
    if (presses[verb]) {
      event.preventDefault();
      presses[verb](name);
      const target = control(name);
      (target instanceof RadioNodeList ? target[0] : target).focus({ preventScroll: true });
    } else if (["up", "down", "word"].includes(verb)) {
      event.preventDefault();
      const place = button.closest("[data-thumb]");
      if (verb !== "word") thumb(place, verb === "up");
      const word = verb === "word" ? { [`word_${name}`]: control(`word_${name}`).value } : {};
      told = told
        .then(() => send(button.value, "application/json", word))
        .then(() => verb === "word" && thank(place))
        .catch(() => verb === "word" || (place.dataset.thumb = ""));
    } else if (["stop", "again", "read", "check"].includes(verb)) {
      event.preventDefault();
      send(button.value, "text/html")
        .then(renew)
        .catch((error) => error instanceof TypeError || form.requestSubmit(button)); // offline it can be pressed again
    }
  });

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.name?.startsWith("word_")) return;
    event.preventDefault();
    form.querySelector(`button[value="word:${event.target.name.slice(5)}"]`)?.click();
  });

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else if (assistant().dataset.underWay === "yes") ask();
  });
  document.addEventListener("photos-changed", () => reload().catch(() => {})); // offline, the next change or visit shows it
  begin();
})();
