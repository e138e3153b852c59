import { LambdaClient } from "@aws-sdk/client-lambda";
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import { timed } from "../samples.ts";

/** The connection that the bench's settings name. */
export const CONNECTION = "bench";

/** Results are written to a file, because the host has no other output. */
export async function writeResult(result: unknown): Promise<void> {
  await writeFile(process.env["BENCH_RESULTS"] ?? "", JSON.stringify(result));
}

/** Sends a question to the window through `bench/host.ts`. */
export async function ask<Answer>(question: unknown): Promise<Answer> {
  const response = await fetch(process.env["BENCH_ASK"] ?? "", {
    method: "POST",
    body: JSON.stringify(question),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Answer;
}

/** A plain client with credentials from the environment, like the product's. */
export function bareClient(): LambdaClient {
  const endpoint = process.env["BENCH_ENDPOINT"] ?? "";
  return new LambdaClient({ region: "us-east-1", endpoint, maxAttempts: 1 });
}

/** Activates the extension and waits until the window is idle. */
export async function activate(): Promise<void> {
  const extension = vscode.extensions.getExtension("lambda-invoke.lambda-invoke");
  if (!extension) throw new Error("The extension is not installed.");
  await extension.activate();
  await sleep(1000);
}

/** After a command, what it leads to is shown. */
const AFTERWARDS_MS = 700;

/** How long the work takes, and the longest time until some time after it in which no timer of a millisecond could run. */
export async function watched(work: () => PromiseLike<unknown>): Promise<{ ms: number; block: number }> {
  let block = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    block = Math.max(block, now - last - 1);
    last = now;
  }, 1);
  const ms = await timed(work);
  await sleep(AFTERWARDS_MS);
  clearInterval(timer);
  return { ms, block };
}
