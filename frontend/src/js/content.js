// Calls `start` with the page, and again with each part that htmx or a preview puts into it.
export function onContent(start) {
  const starts = [start];
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", () => starts.forEach((run) => run(document)));
  } else {
    start(document);
  }
  document.addEventListener("htmx:load", ({ detail }) => {
    if (detail.elt !== document.body) start(detail.elt.parentElement ?? detail.elt);
  });
  document.addEventListener("tcma:content", ({ target }) => start(target));
}
