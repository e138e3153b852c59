import { LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalService } from "../packages/local/src/launch.ts";
import type { Installed } from "./installed.ts";

/** A module whose handler returns its event. */
export const ECHO = "export const handler = async (event) => event;\n";

/** With an enum, which Node.js can't strip. */
const TYPESCRIPT_ECHO = `enum Answer { Event }
export const handler = async (event: unknown): Promise<unknown> => [event][Answer.Event];
`;
const PYTHON_ECHO = "def handler(event, context):\n    return event\n";

/** A file with the functions' code, and their runtime. */
const languages = {
  node: { file: "index.mjs", code: ECHO, runtime: "nodejs24.x" },
  typescript: { file: "index.ts", code: TYPESCRIPT_ECHO, runtime: "nodejs24.x" },
  python: { file: "index.py", code: PYTHON_ECHO, runtime: "python3.13" },
};

/** The local service, and a client of it. */
export interface LocalService extends AsyncDisposable {
  client: LambdaClient;
  access: { region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
}

interface ServiceOptions {
  /** The language of the functions. */
  language?: keyof typeof languages;
  pythonPath?: string;
  /** The `typescript.js` that VS Code brings. */
  typescriptPath?: string;
}

/**
 * Starts the staged service on a workspace: an existing folder, or a new one with functions of these names, which return
 * their events.
 */
export async function startLocalService(
  { staged }: Installed,
  workspace: string | readonly string[],
  { language = "node", ...paths }: ServiceOptions = {},
): Promise<LocalService> {
  const scratch = await mkdtemp(join(tmpdir(), "lambda-invoke-bench-"));
  const folder = typeof workspace === "string" ? workspace : scratch;
  if (typeof workspace !== "string") {
    const { file, code, runtime } = languages[language];
    for (const name of workspace) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, file), code);
    }
    await writeFile(join(folder, "template.yaml"), template(workspace, runtime));
  }
  const service = createLocalService({
    executable: process.execPath,
    env: process.env,
    script: join(staged, "dist", "local", "main.cjs"),
    workspace: { folders: [folder], trusted: true, ...paths },
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
      `      CodeUri: ${name}/`,
      "      Handler: index.handler",
      `      Runtime: ${runtime}`,
      "      MemorySize: 512",
      "      Timeout: 20",
    ].join("\n");
  const head = 'AWSTemplateFormatVersion: "2010-09-09"\nTransform: AWS::Serverless-2016-10-31\nResources:\n';
  return `${head}${names.map(one).join("\n")}\n`;
}
