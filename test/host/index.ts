import { appendFileSync, globSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { closeEditors } from "./harness/editors.ts";
import { runMocha } from "../../tools/testing/mocha.ts";

/** What VS Code calls in the extension host: runs every test bundle beside this file; rejects where one failed. */
export async function run(): Promise<void> {
  const { TEST_RESULTS = "", TEST_REPORT = "", TEST_GREP = "" } = process.env;
  const folder = __dirname;
  writeFileSync(TEST_REPORT, "");
  forgetAwsConfiguration(folder);
  const { failures } = await runMocha({
    files: globSync("**/*.test.cjs", { cwd: folder })
      .toSorted()
      .map((file) => join(folder, file)),
    grep: TEST_GREP === "" ? undefined : TEST_GREP,
    afterEach: clearUp,
    results: TEST_RESULTS,
    print: (line) => appendFileSync(TEST_REPORT, `${line}\n`),
  });
  if (failures.length > 0) throw new Error(`${failures.length} failed`);
}

/** No test finds an editor or a copied text of another. */
async function clearUp(): Promise<void> {
  await closeEditors();
  await vscode.env.clipboard.writeText("");
}

/** The tests run in the extension's own process: a machine's credentials must not reach it. */
function forgetAwsConfiguration(folder: string): void {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  process.env["AWS_CONFIG_FILE"] = join(folder, "no-config");
  process.env["AWS_SHARED_CREDENTIALS_FILE"] = join(folder, "no-credentials");
  process.env["AWS_EC2_METADATA_DISABLED"] = "true";
}
