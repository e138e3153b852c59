import { LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalService } from "../packages/local/src/launch.ts";
import type { Installed } from "./installed.ts";

/** A module whose handler returns its event. */
export const ECHO = "export const handler = async (event) => event;\n";

const PYTHON_ECHO = "def handler(event, context):\n    return event\n";
const runtimes = { node: "nodejs24.x", python: "python3.13" };

/** The local service, and a client of it. */
export interface LocalService extends AsyncDisposable {
  client: LambdaClient;
  access: { region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
}

interface ServiceOptions {
  /** The language of the functions. */
  language?: "node" | "python";
  pythonPath?: string;
}

/**
 * Starts the staged service on a workspace: an existing folder, or a new one with functions of these names, which return
 * their events.
 */
export async function startLocalService(
  { staged }: Installed,
  workspace: string | readonly string[],
  { language = "node", pythonPath }: ServiceOptions = {},
): Promise<LocalService> {
  const scratch = await mkdtemp(join(tmpdir(), "lambda-invoke-bench-"));
  const folder = typeof workspace === "string" ? workspace : scratch;
  if (typeof workspace !== "string") {
    await mkdir(join(folder, "echo"));
    await writeFile(join(folder, "echo", "index.mjs"), ECHO);
    await writeFile(join(folder, "echo", "index.py"), PYTHON_ECHO);
    await writeFile(join(folder, "template.yaml"), template(workspace, runtimes[language]));
  }
  const service = createLocalService({
    executable: process.execPath,
    env: process.env,
    script: join(staged, "dist", "local", "main.cjs"),
    workspace: { folders: [folder], trusted: true, pythonPath },
    onState: () => {},
    onLog: () => {},
  });
  const { endpoint, ...access } = await service.address(AbortSignal.timeout(20_000));
  const client = new LambdaClient({ ...access, endpoint, maxAttempts: 1 });
  // Waits until the template has been read.
  for await (const { Functions = [] } of paginateListFunctions({ client }, {})) void Functions;
  return {
    client,
    access,
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      service.dispose();
      await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function template(names: readonly string[], runtime: string): string {
  const one = (name: string, index: number): string =>
    [
      `  Function${index}:`,
      "    Type: AWS::Serverless::Function",
      "    Properties:",
      `      FunctionName: ${name}`,
      "      CodeUri: echo/",
      "      Handler: index.handler",
      `      Runtime: ${runtime}`,
      "      MemorySize: 512",
      "      Timeout: 20",
    ].join("\n");
  const head = 'AWSTemplateFormatVersion: "2010-09-09"\nTransform: AWS::Serverless-2016-10-31\nResources:\n';
  return `${head}${names.map(one).join("\n")}\n`;
}
