import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { stage, vscodeVersion, writeEagerExtension } from "../bench/host.ts";
import type { Installed } from "../bench/installed.ts";
import { measureActivation } from "../bench/measures/activation.ts";
import { measureInvoke } from "../bench/measures/invoke.ts";
import { measureLarge } from "../bench/measures/large.ts";
import { measureList } from "../bench/measures/list.ts";
import { measureLocal } from "../bench/measures/local.ts";
import { measurePackage } from "../bench/measures/package.ts";
import { measurePython } from "../bench/measures/python.ts";
import { measureWhole } from "../bench/measures/whole.ts";
import { measurePeer } from "../bench/measures/peer.ts";
import { METHOD } from "../bench/method.ts";
import { performancePage, plainTable, thisMachine } from "../bench/report.ts";
import { isMiss, type Row } from "../bench/row.ts";
import { onEnding } from "./host/ending.ts";
import { root } from "./host/paths.ts";
import { buildShipped } from "./package.ts";

const measures: Record<string, (installed: Installed) => Promise<Row[]>> = {
  activation: measureActivation,
  package: measurePackage,
  invoke: measureInvoke,
  list: measureList,
  large: measureLarge,
  whole: measureWhole,
  local: measureLocal,
  python: measurePython,
  peer: measurePeer,
};

const { values } = parseArgs({
  options: {
    /** Ends with 1 where a limit is missed. */
    check: { type: "boolean", default: false },
    /** The names of measures; the page is written only where all of them were made. */
    only: { type: "string", multiple: true },
  },
});

/** Takes a measurement, and repeats it if it misses a limit, because the machine may have been busy with something else. */
async function measure(name: string, installed: Installed): Promise<Row[]> {
  const make = measures[name];
  if (!make) throw new Error(`There is no measure ${name}: ${Object.keys(measures).join(", ")}.`);
  console.log(`Measuring: ${name} …`);
  const rows = await make(installed);
  if (!rows.some(isMiss)) return rows;
  console.log(`${plainTable(rows)}\nMeasuring again: ${name} …`);
  return make(installed);
}

// Servers and browsers end with this process.
onEnding(() => process.exit(1));
const files = await buildShipped();
const staged = await stage(files);
const installed = { files, staged, eager: await writeEagerExtension(staged, files) };
const rows: Row[] = [];
for (const name of values.only ?? Object.keys(measures)) rows.push(...(await measure(name, installed)));
console.log(`\n${plainTable(rows)}`);
if (values.only === undefined) {
  const page = performancePage(rows, thisMachine(await vscodeVersion()), METHOD);
  await mkdir(join(root, "docs"), { recursive: true });
  await writeFile(join(root, "docs", "performance.md"), page);
  console.log("\ndocs/performance.md is written.");
}
const missed = rows.filter(isMiss).length;
if (missed > 0) console.log(`\n${missed} of the limits missed.`);
process.exitCode = values.check && missed > 0 ? 1 : 0;
