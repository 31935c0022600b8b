/* The pages on which a listing is written: uploads, the order of photos, and a draft that saves itself.
 *
 * Everything here also works as a plain form. The page posts to its own address with `Accept: application/json`.
 * Each save carries the revision that the page knows, and for each field (initial-<f>) the value it was given;
 * one save is in flight at a time, and its answer brings the next revision. */
"use strict";

(() => {
  const EVERY = 5000;
  const words = (form) =>
    Object.fromEntries(
      Object.entries(form.dataset)
        .filter(([name]) => name.startsWith("words"))
        .map(([name, text]) => [name[5].toLowerCase() + name.slice(6), text]),
    );
  const root = document.documentElement;

  function some(source, ...names) {
    const data = new FormData();
    for (const name of names) data.set(name, source.elements.namedItem(name).value);
    return data;
  }

  /* --- before there is a draft ---------------------------------------------------------------------------- */

  const start = document.querySelector("form[data-start]");
  if (start) {
    let draft = "";
    let pressed = null;
    const go = start.querySelector("[data-continue]");
    const sending = window.uploads(start, {
      words: words(start),
      body: () => some(start, "csrfmiddlewaretoken", "form_key"),
      arrived: (answer) => (draft = answer.next || draft),
      idle: (all) => draft && (all || pressed) && start.requestSubmit(pressed || go),
    });
    start.addEventListener("submit", (event) => {
      pressed = event.submitter;
      if (sending.busy()) event.preventDefault(); // it goes on when the last one has arrived
    });
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
    root.dataset.scripts = "on";
    return;
  }

  const form = document.querySelector("form[data-sell]");
  if (!form) return;
  const say = words(form);
  const control = (name) => form.elements.namedItem(name);
  const initial = (name) => control(`initial-${name}`);
  const box = (name) => form.querySelector(`[data-field="${name}"]`);
  const trouble = form.querySelector("[data-trouble]");
  const savedLine = form.querySelector("[data-saved]");

  /** POST to this page; on a token that a sign-in elsewhere changed, once more with the new one. */
  async function post(data, options = {}) {
    const request = { method: "POST", body: data, headers: { Accept: "application/json" }, ...options };
    const response = await fetch(location.pathname, request);
    const isJson = (response.headers.get("Content-Type") || "").includes("json");
    const answer = isJson ? await response.json() : {};
    if (response.status === 403 && answer.token && data.get("csrfmiddlewaretoken") !== answer.token) {
      control("csrfmiddlewaretoken").value = answer.token;
      data.set("csrfmiddlewaretoken", answer.token);
      return post(data, options);
    }
    return { status: response.status, answer, isJson };
  }

  /* --- saving --------------------------------------------------------------------------------------------- */

  const BOOKKEEPING = /^(csrfmiddlewaretoken|revision|do|photos|initial-.*)$/;
  const written = () =>
    JSON.stringify([...new FormData(form)].filter(([name]) => !BOOKKEEPING.test(name)).map(([n, v]) => [n, String(v)]));
  const sent = {}; // field to every value that this page has sent: an answer may have got lost
  let stored = written();
  let saving = null;
  let lost = false; // the last save did not arrive
  let asked = false; // for another save while one was in flight

  function save(options) {
    asked = Boolean(saving);
    if (saving) return saving;
    if (written() === stored || !("autosave" in form.dataset)) return Promise.resolve();
    const snapshot = written();
    const data = new FormData(form);
    data.delete("photos");
    data.set("do", "save");
    for (const name of undecided()) data.set(name, initial(name).value); // not decided yet: leave theirs as it is
    const values = Object.fromEntries(data);
    for (const name of fields()) (sent[name] ||= new Set()).add(values[name]);
    savedLine.textContent = say.saving;
    saving = post(data, options)
      .then((result) => took(result, values, snapshot))
      .catch(() => complain(say.unsaved))
      .finally(() => {
        saving = null;
        if (asked && !lost) save();
      });
    return saving;
  }

  /** The fields that another window changed too, and nobody has chosen yet. */
  const undecided = () => fields().filter((name) => box(name).querySelector("[data-theirs]"));

  const fields = () => [...form.querySelectorAll("[data-field]")].map((each) => each.dataset.field);

  function took({ status, answer, isJson }, values, snapshot) {
    if (status === 401) return signedOut(answer);
    if (!isJson || status >= 500) return complain(answer.notice || say.unsaved);
    lost = false;
    trouble.hidden = true;
    control("revision").value = answer.revision;
    for (const [name, value] of Object.entries(answer.stored)) initial(name).value = value;
    stored = snapshot;
    for (const name of fields()) {
      // Another window changed this field and this one did not.
      if (answer.merged.includes(name) && control(name).value === values[name]) control(name).value = answer.stored[name];
      showError(name, answer.errors[name]);
      showTheirs(name, answer.theirs[name]);
    }
    const isAll = written() === stored && !undecided().length && !Object.keys(answer.errors).length;
    savedLine.textContent = isAll ? say.saved : "";
  }

  function complain(text) {
    lost = true;
    savedLine.textContent = "";
    if (trouble.hidden || trouble.textContent !== text) trouble.textContent = text;
    trouble.hidden = false;
  }

  function signedOut(answer) {
    complain(`${say.signedOut} `);
    const link = document.createElement("a");
    Object.assign(link, { href: answer.sign_in, target: "_blank", rel: "noopener", textContent: say.signIn });
    trouble.append(link);
  }

  function showError(name, errors) {
    const place = box(name);
    const target = control(name);
    if (errors && document.activeElement === target) return; // still being written
    place.querySelector(".field-error")?.remove();
    target.removeAttribute("aria-invalid");
    if (!errors) return;
    const line = document.createElement("p");
    Object.assign(line, { className: "field-error", id: `${target.id}_error`, textContent: errors.join(" ") });
    target.before(line);
    target.setAttribute("aria-invalid", "true");
    const by = new Set((target.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
    target.setAttribute("aria-describedby", [...by.add(line.id)].join(" "));
  }

  function showTheirs(name, theirs) {
    if (!theirs) return;
    decide(name);
    if (sent[name]?.has(theirs.value)) {
      stored = ""; // our own earlier save, whose answer got lost: what is written now is newer
      return;
    }
    const note = form.querySelector("template[data-theirs-template]").content.firstElementChild.cloneNode(true);
    note.dataset.value = theirs.value;
    note.querySelector("[data-shown]").textContent = theirs.shown;
    note.querySelector("button").value = `theirs:${name}`;
    box(name).append(note);
  }

  const decide = (name) => box(name).querySelector("[data-theirs]")?.remove();

  setInterval(() => (lost || !document.hidden) && save(), EVERY);
  form.addEventListener("focusout", () => save());
  form.addEventListener("input", (event) => {
    savedLine.textContent = "";
    if (box(event.target.name)) decide(event.target.name); // what is written on is meant
  });
  window.addEventListener("online", () => save());
  document.addEventListener("visibilitychange", () => document.hidden && save({ keepalive: true }));
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());

  /* --- photos --------------------------------------------------------------------------------------------- */

  const album = form.querySelector("[data-photos]");
  const isDraft = "autosave" in form.dataset;
  let changed = false;

  function showPhotos(html) {
    if (html === null || html === undefined) return;
    const focused = album.contains(document.activeElement) ? document.activeElement.id : "";
    album.innerHTML = html;
    const count = album.querySelectorAll(".album-item").length;
    form.querySelector("[data-room]").hidden = count >= 12;
    if (!focused) return;
    const button = document.getElementById(focused);
    const place = button ? button.parentElement : form.querySelector(".sell-photos");
    (button?.disabled === false ? button : place.querySelector("button:enabled, input")).focus();
  }

  const sending = window.uploads(form.querySelector(".sell-photos"), {
    words: say,
    body: () => some(form, "csrfmiddlewaretoken"),
    arrived(answer, status, row) {
      if (status < 400 && !answer.refused?.length && !answer.same?.length) {
        changed = true;
        row.remove();
      }
      showPhotos(answer.photos);
    },
    idle: announce,
  });

  function announce() {
    if (!changed) return;
    changed = false;
    document.dispatchEvent(new CustomEvent("photos-changed"));
  }

  async function press(button) {
    const data = some(form, "csrfmiddlewaretoken");
    data.set("do", button.value);
    button.focus();
    const { answer, isJson, status } = await post(data);
    if (!isJson) return form.requestSubmit(button); // as without scripts
    showPhotos(answer.photos);
    if (status === 401) signedOut(answer);
    else if (status >= 400) complain(answer.notice);
    else if (button.value.startsWith("remove:")) {
      changed = true;
      announce();
    }
  }

  form.addEventListener("click", (event) => {
    const keep = event.target.closest("[data-keep]");
    if (keep) {
      const name = keep.closest("[data-field]").dataset.field;
      decide(name);
      stored = "";
      control(name).focus();
      save();
    }
    const button = event.target.closest("button[name=do]");
    if (!button) return;
    const [verb, name] = button.value.split(":");
    if (["earlier", "later", "cover", "remove"].includes(verb)) {
      event.preventDefault();
      press(button).catch(() => complain(say.unsaved));
    } else if (verb === "theirs" && isDraft) {
      event.preventDefault();
      control(name).value = button.closest("[data-theirs]").dataset.value;
      control(name).dispatchEvent(new Event("input", { bubbles: true }));
      control(name).focus();
      save();
    }
  });

  /* --- sending the form ----------------------------------------------------------------------------------- */

  form.addEventListener("submit", (event) => {
    if (!saving && !sending.busy()) return;
    event.preventDefault(); // the post must carry the revision that the save in flight brings
    const button = event.submitter;
    const wait = () => (saving || sending.busy() ? setTimeout(wait, 50) : form.requestSubmit(button));
    wait();
  });

  root.dataset.scripts = "on";
})();
