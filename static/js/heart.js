// A heart turns where it stands. Signed out, or when that fails, its form is sent as without scripts.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest(".heart");
  if (!form || form.dataset.plain) return;
  event.preventDefault();
  const button = form.querySelector("button");
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new FormData(form, button),
      headers: { Accept: "application/json" },
    });
    if (!response.ok) throw new Error(response.status);
    const { kept } = await response.json();
    button.setAttribute("aria-pressed", kept);
    button.value = kept ? "no" : "yes";
  } catch {
    form.dataset.plain = "yes";
    form.requestSubmit(button);
  }
});
