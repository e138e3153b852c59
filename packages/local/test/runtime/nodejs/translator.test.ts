import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { describe, it } from "mocha";
import { start, template, type Files } from "../../workspace.ts";

/** The TypeScript that VS Code brings has this major version. */
const typescriptPath = createRequire(import.meta.url).resolve("typescript-6");

describe("local: TypeScript functions whose sources are translated ahead", () => {
  it("don't load the compiler themselves for what is imported at the start, whatever ends the process that does", async () => {
    const body = "export const handler = async (): Promise<number> => value;\n";
    const files: Files = {
      // Says which process has loaded it.
      "compiler.js": `require("node:fs").appendFileSync(__dirname + "/loaded", process.pid + " " + process.argv[1] + "\\n");
        module.exports = require(${JSON.stringify(typescriptPath)});`,
      "template.yaml": template({ one: {}, two: {}, late: {} }),
      "one/index.ts": `import { value } from "./lib/value";\n${body}`,
      "one/lib/value.ts": "export { value } from './deep';",
      "one/lib/deep.ts": "enum Value { One = 1 }\nexport const value: number = Value.One;\n",
      "two/index.ts": `const value: number = 2;\n${body}`,
      "late/index.ts":
        "export const handler = async (): Promise<number> => (await import(`./${'value'}`)).value;\n",
      "late/value.ts": "export const value: number = 3;\n",
    };
    await using local = await start(files);
    const compiler = join(local.folder, "compiler.js");
    local.service.setWorkspace({ folders: [local.folder], trusted: true, typescriptPath: compiler });
    const loaded = async (): Promise<string[][]> => {
      const text = await readFile(join(local.folder, "loaded"), "utf8");
      const lines = text.trim().split("\n");
      return lines.map((line) => [line.slice(0, line.indexOf(" ")), basename(line)]);
    };
    assert.equal((await local.invoke("one")).payload, 1);
    const [[pid, script] = []] = await loaded();
    assert.equal(script, "translator.mjs");
    process.kill(Number(pid), "SIGKILL");
    assert.equal((await local.invoke("two")).payload, 2);
    assert.equal((await local.invoke("late")).payload, 3);
    const all = await loaded();
    assert.equal(all.at(-1)?.[1], "start.mjs");
    // That it has ended may be noticed only after it was asked again: the function's own process does it then.
    assert.ok(all.length <= 4, all.join("; "));
  });

  it("are translated by their own compilers, and by their own processes where that takes too long", async () => {
    const compiler = (folder: string, change: string): Files => ({
      [`${folder}/node_modules/typescript/package.json`]: '{ "version": "5.0.0" }',
      [`${folder}/node_modules/typescript/lib/typescript.js`]: `const ts = require(${JSON.stringify(typescriptPath)});
        const transpileModule = (text, options) => { ${change} };
        module.exports = { ...ts, transpileModule };`,
    });
    const naming = (name: string): string =>
      `return ts.transpileModule(text.replace("WHO", "${name}"), options);`;
    const source = "export const handler = async (): Promise<string> => 'WHO';\n";
    await using local = await start({
      ...compiler("one", naming("first")),
      ...compiler("two", naming("second")),
      ...compiler("slow", `while (process.argv[1].includes("translator")); ${naming("slow")}`),
      "template.yaml": template({ one: {}, two: {}, slow: {} }),
      "one/index.ts": source,
      "two/index.ts": source,
      "slow/index.ts": source,
    });
    assert.equal((await local.invoke("one")).payload, "first");
    assert.equal((await local.invoke("two")).payload, "second");
    assert.equal((await local.invoke("slow")).payload, "slow");
  });
});
