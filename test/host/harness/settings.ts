import * as vscode from "vscode";

/** Sets settings of ours for as long as it is in place: the person's, or the workspace's. */
export async function withSettings(
  settings: Record<string, unknown>,
  target = vscode.ConfigurationTarget.Global,
): Promise<AsyncDisposable> {
  await setAll(settings, target);
  const none = Object.fromEntries(Object.keys(settings).map((name) => [name, undefined]));
  return { [Symbol.asyncDispose]: () => setAll(none, target) };
}

async function setAll(settings: Record<string, unknown>, target: vscode.ConfigurationTarget): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await vscode.workspace.getConfiguration("lambdaInvoke").update(name, value, target);
  }
}
