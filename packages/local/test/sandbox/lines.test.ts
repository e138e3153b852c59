import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { functions, start, type TestService } from "../workspace.ts";

const sources = {
  talk: `
    export const handler = async ({ n }) => {
      for (let line = 0; line < 20; line += 1) console.log("%d-%d.", n, line);
      process.stdout.write(n + "-out.\\n");
      process.stderr.write(n + "-err.\\n");
    };`,
  exits: `
    import { writeSync } from "node:fs";
    export const handler = async ({ lines }) => {
      for (let line = 0; line < lines; line += 1) writeSync(1, "line " + line + "\\n");
      writeSync(1, "last, without an end");
      process.exit(7);
    };`,
};

/** Every message of a function's log, in order. */
async function messages(local: TestService, name: string): Promise<string[]> {
  const found: string[] = [];
  let nextToken: string | undefined;
  do {
    const input = { logGroupName: `/aws/lambda/${name}`, ...(nextToken !== undefined && { nextToken }) };
    const page = await local.logs.send(new FilterLogEventsCommand(input));
    found.push(...(page.events ?? []).map((event) => event.message ?? ""));
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  return found;
}

describe("local: the lines of a sandbox", () => {
  it("are complete after 300 invocations, in order, each with its invocation", async () => {
    await using local = await start(functions(sources));
    let next = 0;
    const invokeAll = async () => {
      for (let n = next++; n < 300; n = next++) {
        const { log } = await local.invoke("talk", { n });
        const own = log.split("\n").flatMap((line) => /(\d+-\w+)\.$/.exec(line)?.[1] ?? []);
        const logged = own.filter((word) => /\d$/.test(word));
        assert.deepEqual(
          logged,
          Array.from({ length: 20 }, (_, line) => `${n}-${line}`),
        );
        assert.deepEqual(own.filter((word) => !/\d$/.test(word)).sort(), [`${n}-err`, `${n}-out`]);
      }
    };
    await Promise.all([invokeAll(), invokeAll()]);
    const all = (await messages(local, "talk")).join("");
    assert.equal(all.match(/\d+-\w+\.$/gm)?.length, 300 * 22);
  });

  it("are complete if the function writes them right before it exits", async () => {
    await using local = await start(functions(sources));
    for (const lines of [0, 1, 40]) {
      const { log } = await local.invoke("exits", { lines });
      const written = Array.from({ length: lines }, (_, line) => `line ${line}\n`).join("");
      assert.ok(log.includes(`${written}last, without an end\nRequestId: `), log);
    }
    await local.invoke("exits", { lines: 5000 });
    const all = (await messages(local, "exits")).filter((line) => line.startsWith("line "));
    assert.equal(all.length, 0 + 1 + 40 + 5000);
  });
});
