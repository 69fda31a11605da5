// Everything here is an extra: each page reads, submits and decides without it.
import "./htmx.js";
import "./alpine.js";
import { onContent } from "./content.js";
import { startClocks } from "./clocks.js";
import { showScripted, startEnhancements } from "./enhancements.js";
import { startPreview } from "./preview.js";

startEnhancements();
onContent((root) => {
  showScripted(root);
  startClocks(root);
  startPreview(root);
  const charts = root.querySelectorAll("[data-chart]");
  const scans = root.querySelectorAll("[data-scan]");
  if (scans.length) import("./scan.js").then(({ offerScan }) => scans.forEach(offerScan));
  if (charts.length) import("./charts.js").then(({ drawChart }) => charts.forEach(drawChart));
});
