/* Photos on their way: each file by itself, in the order chosen, with a preview, progress, cancel and another try.
 *
 * `uploads(root, options)` wires the file inputs, the drop area and the list under `root`, and returns
 * { busy() }. options: body() gives the FormData that goes with a file; words; arrived(answer) sees each answer;
 * idle(allTaken) is called when nothing is left on its way. */
"use strict";

window.uploads = (root, { body, words, arrived, idle }) => {
  const list = root.querySelector("[data-uploads]");
  const pattern = root.querySelector("template[data-upload]");
  const waiting = [];
  let current = null;

  const say = (row, text, wrong = false) => {
    row.querySelector(".upload-words").textContent = text;
    row.classList.toggle("is-wrong", wrong);
  };

  function add(file) {
    const row = pattern.content.firstElementChild.cloneNode(true);
    const preview = row.querySelector("img");
    preview.src = URL.createObjectURL(file);
    preview.addEventListener("error", () => (preview.hidden = true));
    preview.addEventListener("load", () => URL.revokeObjectURL(preview.src));
    row.querySelector(".upload-name").textContent = file.name;
    const item = { file, row, request: null, state: "waiting" };
    row.querySelector("[data-cancel]").addEventListener("click", () => cancel(item));
    row.querySelector("[data-again]").addEventListener("click", () => retry(item));
    list.append(row);
    say(row, words.waiting);
    waiting.push(item);
    next();
  }

  function cancel(item) {
    const place = waiting.indexOf(item);
    if (place >= 0) waiting.splice(place, 1);
    const under = item === current;
    item.row.remove();
    if (under) item.request.abort();
    else if (!current) idle(all());
  }

  function retry(item) {
    item.state = "waiting";
    item.row.querySelector("[data-again]").hidden = true;
    say(item.row, words.waiting);
    waiting.push(item);
    next();
  }

  function fail(item, text, again) {
    item.state = "wrong";
    say(item.row, text, true);
    item.row.querySelector("[data-again]").hidden = !again;
    item.row.querySelector("[data-cancel]").textContent = words.dismiss;
  }

  function next() {
    if (current || !waiting.length) return;
    current = waiting.shift();
    send(current);
  }

  function send(item) {
    const request = (item.request = new XMLHttpRequest());
    const bar = item.row.querySelector("progress");
    const data = body();
    data.set("do", "photos");
    data.append("photos", item.file);
    request.open("POST", location.pathname);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      bar.value = event.lengthComputable ? (100 * event.loaded) / event.total : 0;
      say(item.row, event.loaded === event.total ? words.reading : words.sending);
    });
    request.addEventListener("error", () => fail(item, words.offline, true));
    request.addEventListener("load", () => judge(item, request));
    request.addEventListener("loadend", () => {
      current = null;
      next();
      if (!current) idle(all());
    });
    request.send(data);
  }

  function judge(item, request) {
    const answer = request.response || {};
    const refused = answer.refused?.[0];
    if (refused) fail(item, refused.sentence, false);
    else if (request.status >= 400) fail(item, answer.notice || words.failed, true);
    else {
      item.state = "done";
      if (answer.same?.length) {
        fail(item, words.same, false);
        item.state = "done";
      } else {
        say(item.row, words.done);
        item.row.querySelector("[data-cancel]").hidden = true;
      }
      item.row.querySelector("progress").value = 100;
    }
    arrived(answer, request.status, item.row);
  }

  /** Whether no file in the list was refused or got lost. */
  const all = () => !list.querySelector(".is-wrong");

  for (const input of root.querySelectorAll("input[type=file]"))
    input.addEventListener("change", () => {
      [...input.files].forEach(add);
      input.value = ""; // or the plain form would send them again
    });

  const area = root.matches("[data-drop]") ? root : root.querySelector("[data-drop]");
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  for (const name of ["dragenter", "dragover"])
    area.addEventListener(name, (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      area.classList.add("is-over");
    });
  area.addEventListener("dragleave", (event) => {
    if (!area.contains(event.relatedTarget)) area.classList.remove("is-over");
  });
  area.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    area.classList.remove("is-over");
    [...event.dataTransfer.files].forEach(add);
  });

  return { busy: () => Boolean(current || waiting.length) };
};
