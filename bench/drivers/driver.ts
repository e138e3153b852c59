import { LambdaClient } from "@aws-sdk/client-lambda";
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";

/** The connection that the bench's settings name. */
export const CONNECTION = "bench";

/** What came of a measurement goes to a file: the host has no other way out. */
export async function writeResult(result: unknown): Promise<void> {
  await writeFile(process.env["BENCH_RESULTS"] ?? "", JSON.stringify(result));
}

/** Asks the window for something only it can tell; `bench/host.ts` passes it on. */
export async function ask<Answer>(question: unknown): Promise<Answer> {
  const response = await fetch(process.env["BENCH_ASK"] ?? "", {
    method: "POST",
    body: JSON.stringify(question),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Answer;
}

/** A client as anyone would make it; the credentials come from the environment, as the product's do. */
export function bareClient(): LambdaClient {
  const endpoint = process.env["BENCH_ENDPOINT"] ?? "";
  return new LambdaClient({ region: "us-east-1", endpoint, maxAttempts: 1 });
}

/** Activates the extension and waits until the window has come to rest. */
export async function activate(): Promise<void> {
  const extension = vscode.extensions.getExtension("lambda-invoke.lambda-invoke");
  if (!extension) throw new Error("The extension is not installed.");
  await extension.activate();
  await sleep(1000);
}
