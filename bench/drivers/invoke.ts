// Alternates invocations by the product's command and by a plain client, each up to its result.
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import { COMMANDS, type InvokeResult } from "../../src/contributions.ts";
import { measureInTurn, timed } from "../samples.ts";
import { activate, bareClient, CONNECTION, writeResult } from "./driver.ts";

const PAYLOAD = JSON.stringify({ order: 17, lines: [{ sku: "A-1", quantity: 2 }], note: "as typed" });
const WARM_UP = 30;
const PAUSE_MS = 15;
const turns = { "wait-20": 120, "at-once": 240 };

/** What VS Code calls in the extension host. */
export async function run(): Promise<void> {
  await activate();
  const client = bareClient();
  const ours = async (name: string): Promise<void> => {
    const argument = { function: name, connection: CONNECTION, payload: PAYLOAD };
    const record = await vscode.commands.executeCommand<InvokeResult>(COMMANDS.invoke, argument);
    if (record?.verdict !== "returned") throw new Error(`Not returned: ${JSON.stringify(record)}`);
  };
  const bare = async (name: string): Promise<void> => {
    const Payload = Buffer.from(PAYLOAD);
    const answer = await client.send(new InvokeCommand({ FunctionName: name, Payload, LogType: "Tail" }));
    if (answer.StatusCode !== 200) throw new Error(`Not returned: ${answer.StatusCode}`);
  };
  const results: Record<string, unknown> = {};
  for (const [name, count] of Object.entries(turns)) {
    const measure = (times: number): ReturnType<typeof measureInTurn> =>
      measureInTurn(
        times,
        () => timed(() => ours(name)),
        () => timed(() => bare(name)),
        () => sleep(PAUSE_MS),
      );
    await measure(WARM_UP);
    results[name] = await measure(count);
  }
  await writeResult(results);
}
