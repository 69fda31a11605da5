// A form with data-live-preview="#place" sends itself after a short pause and shows the answer in that place.
const PAUSE = 150;

// What is typed and chosen; files go along only when the form is sent.
function written(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}

function previewOf(form) {
  let waiting;
  let asked;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const place = document.querySelector(form.dataset.livePreview);
      asked?.abort();
      asked = new AbortController();
      place.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(form.dataset.previewUrl, {
          method: "POST",
          body: written(form),
          headers: { "HX-Request": "true" },
          signal: asked.signal,
        });
        if (answer.ok || answer.status === 422) {
          place.innerHTML = await answer.text();
          place.dispatchEvent(new CustomEvent("tcma:content", { bubbles: true }));
        }
        place.setAttribute("aria-busy", "false");
      } catch (fault) {
        if (fault.name !== "AbortError") place.setAttribute("aria-busy", "false");
      }
    }, PAUSE);
  };
}

export function startPreview(root) {
  for (const form of root.querySelectorAll("form[data-live-preview]:not([data-previewing])")) {
    form.dataset.previewing = "yes";
    const refresh = previewOf(form);
    form.addEventListener("input", refresh);
    form.addEventListener("change", refresh);
  }
}
