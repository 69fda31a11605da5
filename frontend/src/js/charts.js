// Draws [data-chart] from the JSON beside it. The same numbers stand in the table under it.
import uPlot from "uplot";

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const language = document.documentElement.lang || "en";
const drawn = new Map();

// A probe element turns light-dark() into the colour that holds now.
function colour(name) {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function formatter({ unit, currency }) {
  if (currency) return new Intl.NumberFormat(language, { style: "currency", currency, maximumFractionDigits: 0 });
  if (unit === "percent") return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  return new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
}

function xWords(chart) {
  if (chart.x_kind !== "time") return (self, splits) => splits.map((at) => (Number.isInteger(at) ? (chart.x[at] ?? "") : ""));
  const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
  return (self, splits) => splits.map((at) => day.format(new Date(at * 1000)));
}

function stacked(series) {
  const sums = series[0].map(() => 0);
  return series.map((values) => values.map((value, at) => (sums[at] += value ?? 0)));
}

function seriesOptions(one, at, chart) {
  const stroke = colour(`--series-${one.tone ?? at + 1}`);
  const bars = chart.kind === "bars";
  return {
    label: one.label,
    stroke,
    width: bars ? 0 : 2.5,
    fill: bars || chart.stacked ? stroke : chart.kind === "area" ? `color-mix(in oklab, ${stroke} 16%, transparent)` : undefined,
    paths: bars ? uPlot.paths.bars({ size: [0.62, 56], radius: 0.12 }) : uPlot.paths.linear(),
    points: { show: !bars && chart.x.length < 16, size: 7, fill: stroke },
  };
}

function axes(chart, words) {
  const common = { stroke: colour("--ink-faint"), font: `12px ${token("--font")}`, ticks: { show: false } };
  const grid = { stroke: colour("--line"), width: 1 };
  return [
    { ...common, grid: { show: false }, values: xWords(chart), space: 64, size: 30 },
    { ...common, grid, size: 56, space: 44, values: (self, splits) => splits.map((at) => words.format(at)) },
  ];
}

// Follows the pointer and writes the values into the key above the chart.
function keyWriter(place, chart, words) {
  const outputs = place.closest(".chart").querySelectorAll("[data-chart-value]");
  return (plot) => {
    const { idx } = plot.cursor;
    outputs.forEach((output, at) => {
      const value = idx == null ? null : chart.series[at].values[idx];
      output.textContent = value == null ? "" : words.format(value);
    });
  };
}

function sizeOf(place) {
  const width = place.clientWidth;
  return { width, height: Math.max(220, Math.min(320, width * 0.42)) };
}

function options(place, chart) {
  const words = formatter(chart);
  const time = chart.x_kind === "time";
  const band = chart.kind === "bars" ? 0.6 : 0.15;
  return {
    ...sizeOf(place),
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false }, points: { size: 9 } },
    scales: {
      x: time ? { time: true } : { time: false, range: (self, low, high) => [low - band, high + band] },
      y: { range: (self, low, high) => (low >= 0 ? [0, high * 1.08 || 1] : uPlot.rangeNum(low, high, 0.1, true)) },
    },
    series: [{}, ...chart.series.map((one, at) => seriesOptions(one, at, chart))],
    axes: axes(chart, words),
    hooks: { setCursor: [keyWriter(place, chart, words)] },
  };
}

function dataOf(chart) {
  const x = chart.x_kind === "time" ? chart.x.map((day) => Date.parse(day) / 1000) : chart.x.map((_, at) => at);
  const values = chart.series.map((one) => one.values);
  return [x, ...(chart.stacked ? stacked(values) : values)];
}

function plot(place, chart) {
  drawn.get(place)?.destroy();
  const set = options(place, chart);
  const data = dataOf(chart);
  if (chart.stacked) {
    // The tallest is painted first, so that the shorter sums stand in front of it.
    set.series = [{}, ...set.series.slice(1).reverse()];
    drawn.set(place, new uPlot(set, [data[0], ...data.slice(1).reverse()], place));
  } else {
    drawn.set(place, new uPlot(set, data, place));
  }
}

const numbersOf = (place) => JSON.parse(place.closest(".chart").querySelector('script[type="application/json"]').textContent);

export function drawChart(place) {
  if (drawn.has(place)) return;
  place.closest(".chart").classList.add("chart--ready");
  plot(place, numbersOf(place));
  new ResizeObserver(() => {
    const now = drawn.get(place);
    if (place.clientWidth && Math.abs(now.width - place.clientWidth) > 1) now.setSize(sizeOf(place));
  }).observe(place);
}

function redrawAll() {
  for (const place of drawn.keys()) {
    if (place.isConnected) plot(place, numbersOf(place));
    else drawn.delete(place);
  }
}

// On paper everything is light.
function forPaper(printing) {
  const root = document.documentElement;
  if (printing) {
    root.dataset.screenTheme = root.dataset.theme ?? "";
    root.dataset.theme = "light";
  } else if (root.dataset.screenTheme) root.dataset.theme = root.dataset.screenTheme;
  else delete root.dataset.theme;
  redrawAll();
}
window.addEventListener("beforeprint", () => forPaper(true));
window.addEventListener("afterprint", () => forPaper(false));
document.addEventListener("tcma:theme", redrawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
