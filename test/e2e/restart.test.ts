import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isAlive } from "../../packages/local/test/processes.ts";
import { useWorkbench } from "./harness/useWorkbench.ts";
import { appears, waitUntil } from "./harness/waitUntil.ts";

const template = `Transform: AWS::Serverless-2016-10-31
Resources:
  Retried:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: retried
      Runtime: nodejs24.x
      Handler: index.handler
      CodeUri: code
`;
/** Writes down the process that serves it, and fails the first time. */
const code = `import { appendFileSync, readFileSync } from "node:fs";
export const handler = async ({ file }) => {
  appendFileSync(file, process.ppid + "\\n");
  if (readFileSync(file, "utf8").split("\\n").length < 3) throw new Error("The first time.");
};`;

describe("an event that was accepted before VS Code ended", () => {
  // Minutes until the second attempt: it is still to come when the window is gone.
  const workbench = useWorkbench({ settings: { "lambdaInvoke.local.awsRetryDelays": true } });
  const runs = async (): Promise<string[]> => {
    const text = await readFile(join(workbench().session.folder, "runs.txt"), "utf8").catch(() => "");
    return text.split("\n").filter((line) => line !== "");
  };

  /** Whether the palette has our command, which it has only once extensions are known; it is run then. */
  const showsOutput = async (): Promise<boolean> => {
    const title = "Lambda: Show Output";
    await workbench().page.keyboard.press("F1");
    await workbench().quickInput.fill(`>${title}`);
    const row = workbench().quickPickRow(title);
    const isThere = await appears(row, 1000);
    await workbench().page.keyboard.press(isThere ? "Enter" : "Escape");
    return isThere;
  };

  it("runs after it, though nobody opens Local, and the panel says what became of it", async () => {
    await workbench().writeFile("again/code/index.mjs", code);
    await workbench().writeFile("again/template.yaml", template);
    const file = join(workbench().session.folder, "runs.txt");
    await workbench().writeFile("events/retried.json", JSON.stringify({ file }));
    await workbench().openSidebar();
    await workbench().openFile("events/retried.json");
    // Both templates are listed by now, each with a row of its own.
    await workbench().tree("Functions").row("samples").waitFor();
    await workbench().untilDone(
      () => workbench().tree("Functions").rowAction("retried", "Invoke Function Asynchronously"),
      async () => /Attempt 1: retried[^]*FAILED/.test(await workbench().output.text()),
    );
    await workbench().runCommand("View: Show Explorer");
    const [service] = await runs();
    await workbench().reload();
    await waitUntil(
      () => !isAlive(Number(service)),
      () => `the end of the service, process ${service}`,
    );
    await waitUntil(showsOutput, () => "the command that shows the output");
    await waitUntil(
      async () => (await runs()).length === 2,
      () => "the second attempt",
    );
    await workbench().output.waitFor(/Resume: retried[^]*It runs now[^]*Attempt 2: retried[^]*ENDED/);
  });
});
