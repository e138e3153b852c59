import { appendFileSync, globSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runMocha } from "../../tools/testing/mocha.ts";

/** What VS Code calls in the extension host: runs every test bundle beside this file; rejects where one failed. */
export async function run(): Promise<void> {
  const { TEST_RESULTS = "", TEST_REPORT = "", TEST_GREP = "", TEST_TIMEOUT } = process.env;
  const folder = __dirname;
  writeFileSync(TEST_REPORT, "");
  const failed = await runMocha({
    files: globSync("**/*.test.cjs", { cwd: folder }).map((file) => join(folder, file)),
    grep: TEST_GREP === "" ? undefined : TEST_GREP,
    timeout: Number(TEST_TIMEOUT),
    results: TEST_RESULTS,
    print: (line) => appendFileSync(TEST_REPORT, `${line}\n`),
  });
  if (failed > 0) throw new Error(`${failed} failed`);
}
