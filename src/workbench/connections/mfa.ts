import { CancellationTokenSource, window } from "vscode";

/** Asks the person for the one-time code of an MFA device, until the signal is aborted; undefined where they back out. */
export async function askMfaCode(device: string, signal: AbortSignal): Promise<string | undefined> {
  const cancellation = new CancellationTokenSource();
  const cancel = (): void => cancellation.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  const options = {
    title: "AWS Multi-Factor Authentication",
    prompt: `Enter the code that ${device} shows now`,
    ignoreFocusOut: true,
    validateInput: (text: string) => (/^\d{6}$/.test(text.trim()) ? undefined : "Enter the six digits"),
  };
  try {
    return (await window.showInputBox(options, cancellation.token))?.trim();
  } finally {
    signal.removeEventListener("abort", cancel);
    cancellation.dispose();
  }
}
