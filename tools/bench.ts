import { parseArgs } from "node:util";
import { buildShipped } from "./package.ts";
import { stage, writeEagerExtension } from "../bench/host.ts";
import type { Installed } from "../bench/installed.ts";
import { measureActivation } from "../bench/measures/activation.ts";
import { measureInvoke } from "../bench/measures/invoke.ts";
import { isMiss, type Row } from "../bench/row.ts";

const { values } = parseArgs({
  options: { check: { type: "boolean", default: false }, only: { type: "string" } },
});
const measures: Record<string, (installed: Installed) => Promise<Row[]>> = {
  activation: measureActivation,
  invoke: measureInvoke,
};
const files = await buildShipped();
const staged = await stage(files);
const installed = { files, staged, eager: await writeEagerExtension(staged, files) };
for (const [name, measure] of Object.entries(measures)) {
  if (values.only !== undefined && values.only !== name) continue;
  for (const row of await measure(installed)) console.log(row, isMiss(row));
}
