// Activates one extension in this host, and measures the time.
import * as vscode from "vscode";
import { timed } from "../samples.ts";
import { ask, writeResult } from "./driver.ts";

/** What VS Code calls in the extension host. */
export async function run(): Promise<void> {
  const name = await ask<string>("Which extension?");
  const extension = vscode.extensions.getExtension(`lambda-invoke.${name}`);
  if (!extension) throw new Error(`The extension ${name} is not installed.`);
  if (extension.isActive) throw new Error(`The extension ${name} is active already.`);
  await writeResult(await timed(() => extension.activate()));
}
