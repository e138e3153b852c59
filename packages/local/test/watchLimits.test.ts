import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { functions, start, type TestService } from "./workspace.ts";
import { pause } from "./pause.ts";

const returns = (value: string) => `export const value = ${JSON.stringify(value)};\n`;
const sources = {
  pid: "export const handler = async () => process.pid;",
  value: 'import { value } from "./lib/value.mjs"; export const handler = async () => value;',
};
const files = { ...functions(sources), "value/lib/value.mjs": returns("one") };

/** Fails unless every next invocation runs what was just saved. */
async function checkChanges(local: TestService): Promise<void> {
  for (const value of ["two", "three", "four"]) {
    await local.write({ "value/lib/value.mjs": returns(value) });
    assert.equal((await local.invoke("value")).payload, value);
  }
}

/** Whether the sandbox of an unchanged function serves the next invocation too. */
async function staysWarm(local: TestService): Promise<boolean> {
  return (await local.invoke("pid")).payload === (await local.invoke("pid")).payload;
}

/** Linux limits watches for each user namespace, if users may make one. */
const limited = (watches: number, command: string) => [
  "-Ur",
  "sh",
  "-c",
  `echo ${watches} > /proc/sys/user/max_inotify_watches && exec ${command}`,
];
const canLimit = process.platform === "linux" && spawnSync("unshare", limited(5, "true")).status === 0;
const withLimit = canLimit ? it : () => {};

describe("local: where not everything can be watched", () => {
  it("the next invocation runs the new code of a workspace with 9,000 folders", async () => {
    await using local = await start(files);
    assert.equal((await local.invoke("value")).payload, "one");
    // They're scanned before the folders inside of the code.
    for (let n = 0; n < 9000; n += 1) await mkdir(join(local.folder, "many", String(n)), { recursive: true });
    await local.write({ "many/deep/down/template.yaml": "" });
    const told = /^Some folders aren't watched\. The workspace has more than 8000 folders/;
    local.service.setWorkspace({ folders: [local.folder], trusted: true });
    await local.state(({ problems }) => problems.some(({ text }) => told.test(text)));
    await checkChanges(local);
    while (!(await staysWarm(local))) await pause();
  });

  withLimit("the next invocation runs the new code if the system has no watches left", async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "local-limit-")));
    const executable = join(folder, "node");
    const [first, ...rest] = limited(2, `"${process.execPath}" "$@"`);
    const script = [first, ...rest].map((each) => `'${each}'`).join(" ");
    await writeFile(executable, `#!/bin/sh\nexec unshare ${script} node "$@"\n`);
    await chmod(executable, 0o755);
    await using local = await start(files, { executable });
    await local.state(({ problems }) => problems.some(({ text }) => text.includes("max_user_watches")));
    assert.equal((await local.invoke("value")).payload, "one");
    await checkChanges(local);
    while (!(await staysWarm(local))) await pause();
    await rm(folder, { recursive: true });
  });
});
