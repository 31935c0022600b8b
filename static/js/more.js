// "Show more" puts the next cards behind the last one. Without scripts, or when it fails, it is a link.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("#more a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const response = await fetch(link.href, { headers: { "X-Fragment": "cards" } });
    if (!response.ok) throw new Error(response.status);
    const cards = document.createRange().createContextualFragment(await response.text());
    const first = cards.querySelector(".card-title");
    document.getElementById("more").replaceWith(cards);
    first?.focus({ preventScroll: true });
  } catch {
    location.assign(link.href);
  }
});
