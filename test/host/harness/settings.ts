import * as vscode from "vscode";

/** Sets settings of ours for as long as it is in place. */
export async function withSettings(settings: Record<string, unknown>): Promise<AsyncDisposable> {
  await setAll(settings);
  const none = Object.fromEntries(Object.keys(settings).map((name) => [name, undefined]));
  return { [Symbol.asyncDispose]: () => setAll(none) };
}

async function setAll(settings: Record<string, unknown>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await vscode.workspace
      .getConfiguration("lambdaInvoke")
      .update(name, value, vscode.ConfigurationTarget.Global);
  }
}
