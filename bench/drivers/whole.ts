// Opens whole responses of 6 MB in editors: for how long nothing else in the extension host could run, and how much more
// memory it took.
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import { COMMANDS, type InvokeResult } from "../../src/contributions.ts";
import { hardResponses } from "../responses.ts";
import { activate, CONNECTION, watched, writeResult } from "./driver.ts";

const TURNS = 5;
const MB = 1024 * 1024;

/** What VS Code calls in the extension host. */
export async function run(): Promise<void> {
  await activate();
  const results: Record<string, { blocks: number[]; grownMb: number[] }> = {};
  // The first of all loads what the others use.
  await open("records");
  for (const name of Object.keys(hardResponses)) {
    const result = { blocks: [] as number[], grownMb: [] as number[] };
    for (let turn = 0; turn < TURNS; turn++) {
      const { block, grownMb } = await open(name);
      result.blocks.push(block);
      result.grownMb.push(grownMb);
    }
    results[name] = result;
  }
  await writeResult(results);
}

async function open(name: string): Promise<{ block: number; grownMb: number }> {
  const argument = { function: name, connection: CONNECTION, payload: "{}" };
  const record = await vscode.commands.executeCommand<InvokeResult>(COMMANDS.invoke, argument);
  if (record?.verdict !== "returned") throw new Error(`Not returned: ${record?.error?.message}`);
  await sleep(500);
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5);
  const { block } = await watched(() =>
    vscode.commands.executeCommand(COMMANDS.openResponse, record.id.slice(0, 8)),
  );
  clearInterval(timer);
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  await sleep(300);
  return { block, grownMb: (most - before) / MB };
}
