// Opens whole responses of 6 MB in editors, and files with the same text: for how long nothing else in the extension host
// could run, and how much more memory it took.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import { COMMANDS, type InvokeResult } from "../../src/contributions.ts";
import { hardResponses } from "../responses.ts";
import type { Pair } from "../samples.ts";
import { activate, CONNECTION, watched, writeResult } from "./driver.ts";

const TURNS = 5;
const MB = 1024 * 1024;

/** In milliseconds, and in MB. */
export interface WholeResult {
  block: Pair;
  memory: Pair;
}

/** What VS Code calls in the extension host. */
export async function run(): Promise<void> {
  await activate();
  const folder = await mkdtemp(join(tmpdir(), "lambda-invoke-bench-"));
  try {
    // The first of all loads what the others use.
    await compare("records", folder, 1);
    const results: Record<string, WholeResult> = {};
    for (const name of Object.keys(hardResponses)) results[name] = await compare(name, folder, TURNS);
    await writeResult(results);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(name: string, folder: string, turns: number): Promise<WholeResult> {
  const result = { block: { ours: [], bare: [] }, memory: { ours: [], bare: [] } } as Record<
    keyof WholeResult,
    { ours: number[]; bare: number[] }
  >;
  for (let turn = 0; turn < turns; turn++) {
    // Each has a document of its own: VS Code keeps one that was closed for a while.
    const id = await invoke(name);
    const ours = await open(() => vscode.commands.executeCommand(COMMANDS.openResponse, id));
    const file = join(folder, `${name}-${turn}${ours.language === "json" ? ".json" : ".txt"}`);
    await writeFile(file, ours.text);
    const bare = await open(() => vscode.commands.executeCommand("vscode.open", vscode.Uri.file(file)));
    for (const what of ["block", "memory"] as const) {
      result[what].ours.push(ours[what]);
      result[what].bare.push(bare[what]);
    }
  }
  return result;
}

/** The short ID of the record. */
async function invoke(name: string): Promise<string> {
  const argument = { function: name, connection: CONNECTION, payload: "{}" };
  const record = await vscode.commands.executeCommand<InvokeResult>(COMMANDS.invoke, argument);
  if (record?.verdict !== "returned") throw new Error(`Not returned: ${record?.error?.message}`);
  return record.id.slice(0, 8);
}

interface Opened {
  block: number;
  memory: number;
  language: string;
  text: string;
}

async function open(show: () => PromiseLike<unknown>): Promise<Opened> {
  await sleep(500);
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5);
  const { block } = await watched(show);
  clearInterval(timer);
  const { document } = vscode.window.activeTextEditor ?? {};
  if (!document) throw new Error("No editor was opened.");
  const opened = { language: document.languageId, text: document.getText() };
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  await sleep(300);
  return { ...opened, block, memory: (most - before) / MB };
}
