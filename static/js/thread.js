// A conversation that is looked at asks for what is new, gently. Without scripts, a reload shows it.
const EVERY = 10_000;
const thread = document.querySelector("[data-thread]");

async function look() {
  const last = [...thread.querySelectorAll("[data-message]")].at(-1)?.dataset.message ?? "0";
  const response = await fetch(`${thread.dataset.thread}?after=${last}`, { headers: { "X-Fragment": "messages" } });
  if (response.status !== 200 || response.redirected) return;
  const fresh = document.createRange().createContextualFragment(await response.text());
  const days = new Set([...thread.querySelectorAll("[data-day]")].map((day) => day.dataset.day));
  for (const day of fresh.querySelectorAll("[data-day]")) if (days.has(day.dataset.day)) day.remove();
  document.getElementById("newest")?.removeAttribute("id");
  const isAtEnd = window.innerHeight + window.scrollY > document.body.scrollHeight - 300;
  thread.append(fresh);
  if (isAtEnd) document.getElementById("newest")?.scrollIntoView({ block: "nearest" });
}

if (thread && !new URLSearchParams(location.search).has("before")) {
  setInterval(() => {
    if (document.visibilityState === "visible") look().catch(() => {}); // offline: the next one tries again
  }, EVERY);
}
