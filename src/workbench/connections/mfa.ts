import { window } from "vscode";
import { UserError } from "../../core/userError.ts";

/** Asks the person for the one-time code of an MFA device. Throws a `UserError` where they back out. */
export async function askMfaCode(device: string): Promise<string> {
  const code = await window.showInputBox({
    title: "AWS Multi-Factor Authentication",
    prompt: `The code that ${device} shows now`,
    ignoreFocusOut: true,
    validateInput: (text) => (/^\d{6}$/.test(text.trim()) ? undefined : "Write the six digits"),
  });
  if (code !== undefined) return code.trim();
  throw new UserError("No code was given for the MFA device. Nothing was sent.");
}
