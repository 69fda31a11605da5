// Counts down on the server's clock: the page says what time it was there when it was made.
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const served = document.querySelector('meta[name="server-now"]');
const offset = served ? Date.parse(served.content) - Date.now() : 0;
const language = document.documentElement.lang || "en";
const running = new Set();
let ticking;

function unit(value, name) {
  return new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "narrow" }).format(value);
}

export function wordsFor(left) {
  const size = Math.abs(left);
  if (size >= 2 * DAY) return new Intl.NumberFormat(language, { style: "unit", unit: "day", unitDisplay: "long" }).format(Math.floor(size / DAY));
  if (size >= HOUR) return `${unit(Math.floor(size / HOUR), "hour")} ${unit(Math.floor((size % HOUR) / MINUTE), "minute")}`;
  if (size >= 10 * MINUTE) return unit(Math.floor(size / MINUTE), "minute");
  return `${unit(Math.floor(size / MINUTE), "minute")} ${unit(Math.floor((size % MINUTE) / SECOND), "second")}`;
}

function urgencyOf(left) {
  if (left <= 0) return "over";
  if (left < HOUR) return "now";
  return left < DAY ? "soon" : "calm";
}

function show(clock) {
  const left = Date.parse(clock.dataset.deadline) - Date.now() - offset;
  clock.dataset.urgency = urgencyOf(left);
  const words = clock.querySelector("[data-clock-left]");
  const text = left <= 0 ? clock.dataset.over : wordsFor(left);
  if (words.textContent !== text) words.textContent = text;
  if (left <= 0) running.delete(clock);
}

function tick() {
  for (const clock of running) {
    if (clock.isConnected) show(clock);
    else running.delete(clock);
  }
}

export function startClocks(root) {
  for (const clock of root.querySelectorAll(".clock[data-deadline]")) {
    running.add(clock);
    show(clock);
  }
  if (running.size && !ticking) ticking = setInterval(tick, SECOND);
}
