import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { root } from "./host/paths.ts";

const bin = (name: string): string => join(root, "node_modules", ".bin", name);

const cspell = join(root, "node_modules", "cspell", "bin.mjs");

interface Check {
  command: string[];
  /** Printed by a check that has read our sources, because one that reads none finds no errors. */
  proof?: RegExp;
}

const checks: Record<string, Check> = {
  types: { command: [bin("tsc")] },
  lint: { command: [bin("oxlint"), "--type-aware", "--deny-warnings"] },
  format: { command: [bin("prettier"), "--check", "--log-level=warn", "."] },
  "import rule": {
    command: [
      bin("depcruise"),
      "--config",
      ".dependency-cruiser.json",
      "--output-type",
      "err-long",
      "src",
      "packages",
    ],
    proof: /\d{2,} modules/,
  },
  "unused code": { command: [bin("knip"), "--no-progress"] },
  spelling: {
    // By the Node.js that runs this, because cspell needs a newer one than npm may have.
    command: [process.execPath, cspell, "lint", "--no-progress", "--dot", "--show-suggestions", "."],
    proof: /Files checked: \d{3,}, Issues found: 0/,
  },
  wording: {
    command: [process.execPath, join(root, "tools", "wording.ts")],
    proof: /\d{3,} files checked/,
  },
};

interface Outcome {
  name: string;
  ok: boolean;
  output: string;
}

async function runCheck(name: string, { command: [program = "", ...args], proof }: Check): Promise<Outcome> {
  const options = { cwd: root, shell: process.platform === "win32", env: { ...process.env, NO_COLOR: "1" } };
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  const ok = code === 0 && (proof?.test(`${output}${errors}`) ?? true);
  console.log(`${ok ? "✔" : "✘"} ${name}`);
  return { name, ok, output: `${output}${errors}`.trim() };
}

const outcomes = await Promise.all(Object.entries(checks).map(([name, check]) => runCheck(name, check)));
const failures = outcomes.filter(({ ok }) => !ok);
for (const { name, output } of failures) console.log(`\n── ${name} ──\n${output}`);
process.exit(failures.length === 0 ? 0 : 1);
