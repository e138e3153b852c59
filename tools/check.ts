import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { root } from "./host/paths.ts";

const bin = (name: string): string => join(root, "node_modules", ".bin", name);

const checks: Record<string, string[]> = {
  types: [bin("tsc")],
  lint: [bin("oxlint"), "--type-aware", "--deny-warnings"],
  format: [bin("prettier"), "--check", "--log-level=warn", "."],
  "import rule": [bin("depcruise"), "--config", ".dependency-cruiser.json", "--output-type", "err-long", "src"],
  "unused code": [bin("knip"), "--no-progress"],
};

interface Outcome {
  name: string;
  ok: boolean;
  output: string;
}

async function runCheck(name: string, [command = "", ...args]: string[]): Promise<Outcome> {
  const options = { cwd: root, shell: process.platform === "win32", env: { ...process.env, NO_COLOR: "1" } };
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  console.log(`${code === 0 ? "✔" : "✘"} ${name}`);
  return { name, ok: code === 0, output: `${output}${errors}`.trim() };
}

const outcomes = await Promise.all(Object.entries(checks).map(([name, command]) => runCheck(name, command)));
const failures = outcomes.filter(({ ok }) => !ok);
for (const { name, output } of failures) console.log(`\n── ${name} ──\n${output}`);
process.exit(failures.length === 0 ? 0 : 1);
