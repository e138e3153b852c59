// A response of 5 MB: how long until its record, and for how long nothing else in the extension host could run.
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import { COMMANDS, type InvokeResult } from "../../src/contributions.ts";
import { jsonOfMegabytes } from "../responses.ts";
import { measureInTurn, timed } from "../samples.ts";
import { activate, bareClient, CONNECTION, watched, writeResult } from "./driver.ts";

const MEGABYTES = 5;
const NAME = `mb-${MEGABYTES}`;
const TURNS = 15;

/** What VS Code calls in the extension host. */
export async function run(): Promise<void> {
  await activate();
  const client = bareClient();
  const text = jsonOfMegabytes(MEGABYTES);
  const blocks = { ours: [] as number[], bare: [] as number[], parse: [] as number[] };
  const ours = async (): Promise<number> => {
    const { ms, block } = await watched(async () => {
      const argument = { function: NAME, connection: CONNECTION, payload: "{}" };
      const record = await vscode.commands.executeCommand<InvokeResult>(COMMANDS.invoke, argument);
      if (record?.verdict !== "returned") throw new Error(`Not returned: ${record?.error?.message}`);
      if (!((record.responseBytes ?? 0) > 5_000_000)) throw new Error("The response is too short.");
    });
    blocks.ours.push(block);
    blocks.parse.push(await timed(() => Promise.resolve(JSON.parse(text))));
    return ms;
  };
  const bare = async (): Promise<number> => {
    const { ms, block } = await watched(() =>
      client.send(new InvokeCommand({ FunctionName: NAME, Payload: Buffer.from("{}"), LogType: "Tail" })),
    );
    blocks.bare.push(block);
    return ms;
  };
  await measureInTurn(3, ours, bare, () => sleep(300));
  for (const series of Object.values(blocks)) series.length = 0;
  const time = await measureInTurn(TURNS, ours, bare, () => sleep(300));
  await writeResult({ time, blocks });
}
