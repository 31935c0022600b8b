// Printing and sharing need a script, so their buttons come with it.
async function printWhole() {
  const photos = [...document.querySelectorAll(".gallery-strip picture img")];
  for (const photo of photos) photo.loading = "eager";
  await Promise.allSettled(photos.map((photo) => photo.decode()));
  print();
}

for (const button of document.querySelectorAll("[data-print], [data-share]")) {
  if (button.matches("[data-share]") && !navigator.share) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    if (button.matches("[data-print]")) return printWhole();
    return navigator.share({ title: document.title, url: button.dataset.share }).catch(() => {});
  });
}
