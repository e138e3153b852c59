// Runs test files as they are, in a process of its own.
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { onEnding } from "../host/ending.ts";
import { runMocha } from "./mocha.ts";

const { values, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    results: { type: "string", default: "" },
    grep: { type: "string" },
    steps: { type: "boolean", default: false },
  },
});

// What a test started ends with this process, where it ends by itself; nobody is left to remove its temporary folder.
onEnding(() => {
  const { TEST_TEMP } = process.env;
  if (TEST_TEMP !== undefined) rmSync(TEST_TEMP, { recursive: true, force: true, maxRetries: 5 });
  process.exit(1);
});
const { failures } = await runMocha({ ...values, files });
// Whatever a test forgot to close must not keep the run from ending.
process.exit(failures.length === 0 ? 0 : 1);
