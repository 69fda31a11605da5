// Bundles src/ into tcma/static/dist: hashed names, an icon sprite, linked licences and a manifest.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "..", "tcma", "static", "dist");
const packages = join(here, "node_modules");

const options = {
  absWorkingDir: here,
  entryPoints: ["src/js/app.js", "src/css/app.css", "src/css/public.css"],
  bundle: true,
  minify: true,
  splitting: true,
  format: "esm",
  target: ["es2022", "chrome123", "firefox120", "safari17.5"],
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file" },
  legalComments: "linked",
  metafile: true,
  outdir: dist,
  logLevel: "warning",
};

// One <symbol> per line of icons.txt, so that a page may say <use href="…icons.svg#mail">.
async function iconSprite() {
  const names = (await readFile(join(here, "icons.txt"), "utf8")).split(/\s+/).filter(Boolean);
  const symbols = await Promise.all(
    names.map(async (name) => {
      const drawing = await readFile(join(packages, "lucide-static", "icons", `${name}.svg`), "utf8");
      const shapes = drawing.slice(drawing.indexOf(">", drawing.indexOf("<svg")) + 1, drawing.lastIndexOf("</svg>"));
      return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s+/g, " ").trim()}</symbol>`;
    }),
  );
  const credit = "<!-- Icons: Lucide, ISC licence; the text stands in licences.txt -->";
  return `${credit}<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

async function licences() {
  const names = ["@alpinejs/csp", "@fontsource-variable/schibsted-grotesk", "htmx.org", "lucide-static", "uplot"];
  const texts = await Promise.all(
    names.map(async (name) => {
      const folder = join(packages, name);
      const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
      const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file ? await readFile(join(folder, file), "utf8") : `Licence: ${about.license}`;
      return `${name} ${about.version}\n\n${text.trim()}\n`;
    }),
  );
  return texts.join(`\n${"-".repeat(72)}\n\n`);
}

async function writeHashed(name, text) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase();
  const hashed = `${basename(name, extname(name))}-${hash}${extname(name)}`;
  await writeFile(join(dist, hashed), text);
  return hashed;
}

function bundledNames(metafile) {
  const names = {};
  for (const [path, output] of Object.entries(metafile.outputs)) {
    if (output.entryPoint) names[basename(output.entryPoint)] = basename(path);
    const font = path.endsWith(".woff2") && Object.keys(output.inputs)[0];
    if (font) names[basename(font)] = basename(path);
  }
  return names;
}

async function build() {
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  const { metafile } = await esbuild.build(options);
  const manifest = bundledNames(metafile);
  manifest["icons.svg"] = await writeHashed("icons.svg", await iconSprite());
  manifest["mark.svg"] = await writeHashed("mark.svg", await readFile(join(here, "src", "mark.svg"), "utf8"));
  await writeFile(join(dist, "licences.txt"), await licences());
  await writeFile(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

console.log(Object.values(await build()).join("\n"));
if (process.argv.includes("--watch")) {
  const { watch } = await import("node:fs");
  let waiting;
  watch(join(here, "src"), { recursive: true }, () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => build().catch((fault) => console.error(fault.message)), 80);
  });
}
