import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { InvokeCommand, LambdaClient, type InvokeCommandInput } from "@aws-sdk/client-lambda";
import type { LocalAddress, LocalService } from "../src/contract/service.ts";
import type { LocalState } from "../src/contract/state.ts";
import { createLocalService, type LaunchOptions } from "../src/launch.ts";

/** The service's script: the built one if the test runner has built it, else the source. */
export const script =
  process.env["TEST_LOCAL_SERVICE"] ?? fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** A signal that never aborts. */
export const never = new AbortController().signal;

/** The content of files by path. */
export type Files = Readonly<Record<string, string>>;

/** A real service with its own workspace. */
export interface TestService extends AsyncDisposable {
  folder: string;
  service: LocalService;
  address: LocalAddress;
  lambda: LambdaClient;
  logs: CloudWatchLogsClient;
  /** The service's output. */
  said: string[];
  write(files: Files): Promise<void>;
  /** The first state, published already or later, for which the test is true. */
  state(test: (state: LocalState) => boolean): Promise<LocalState>;
  invoke(FunctionName: string, payload?: unknown, more?: Partial<InvokeCommandInput>): Promise<Result>;
}

/** A response to Invoke, with its payload parsed and its log decoded. */
export interface Result {
  status: number | undefined;
  error: string | undefined;
  payload: unknown;
  log: string;
  requestId: string;
  version: string | undefined;
}

/** Starts the service on these files, with a client of the SDK. */
export async function start(files: Files, options: Partial<LaunchOptions> = {}): Promise<TestService> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "local-test-")));
  await writeFiles(folder, files);
  const states = new States();
  const said: string[] = [];
  const service = createLocalService({
    executable: process.execPath,
    env: process.env,
    script,
    workspace: { folders: [folder], trusted: true },
    onState: (state) => states.push(state),
    onLog: (line) => said.push(line),
    ...options,
  });
  const address = await service.address(never);
  const lambda = new LambdaClient({ ...address, maxAttempts: 1 });
  const logs = new CloudWatchLogsClient({ ...address, maxAttempts: 1 });
  return {
    folder,
    service,
    address,
    lambda,
    logs,
    said,
    write: (more) => writeFiles(folder, more),
    state: (test) => states.first(test),
    invoke: (name, payload, more) => invoke(lambda, name, payload, more),
    async [Symbol.asyncDispose]() {
      lambda.destroy();
      logs.destroy();
      service.dispose();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

class States {
  #last: LocalState | undefined;
  #waiting: (() => void)[] = [];

  push(state: LocalState): void {
    this.#last = state;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async first(test: (state: LocalState) => boolean): Promise<LocalState> {
    for (;;) {
      if (this.#last && test(this.#last)) return this.#last;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

/** Writes files into a folder. */
export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** Invokes a function, by default synchronously and with its log. */
export async function invoke(
  lambda: LambdaClient,
  FunctionName: string,
  payload: unknown,
  more: Partial<InvokeCommandInput> = {},
): Promise<Result> {
  const input: InvokeCommandInput = { FunctionName, ...more };
  if (payload !== undefined) input.Payload = JSON.stringify(payload);
  if (more.InvocationType === undefined) input.LogType = "Tail";
  const output = await lambda.send(new InvokeCommand(input));
  const text = Buffer.from(output.Payload ?? []).toString();
  return {
    status: output.StatusCode,
    error: output.FunctionError,
    payload: text === "" ? undefined : JSON.parse(text),
    log: Buffer.from(output.LogResult ?? "", "base64").toString(),
    requestId: output.$metadata.requestId ?? "",
    version: output.ExecutedVersion,
  };
}

/** The declaration of a function in a template, without its code. */
export interface Declared {
  runtime?: string;
  handler?: string;
  timeout?: number;
  memory?: number;
  /** Lines of YAML under `Properties`. */
  more?: readonly string[];
}

/** A SAM template with these functions, each with its code in a folder of its name. */
export function template(functions: Readonly<Record<string, Declared>>): string {
  const lines = Object.entries(functions).flatMap(([name, declared]) => [
    `  ${name}:`,
    "    Type: AWS::Serverless::Function",
    "    Properties:",
    `      CodeUri: ${name}`,
    `      Handler: ${declared.handler ?? "index.handler"}`,
    `      Runtime: ${declared.runtime ?? "nodejs24.x"}`,
    `      Timeout: ${declared.timeout ?? 60}`,
    `      MemorySize: ${declared.memory ?? 128}`,
    ...(declared.more ?? []).map((line) => `      ${line}`),
  ]);
  return ["Transform: AWS::Serverless-2016-10-31", "Resources:", ...lines, ""].join("\n");
}

/** A workspace of functions, by the source of each `index.mjs`. */
export function functions(sources: Files, declared: Readonly<Record<string, Declared>> = {}): Files {
  const names = Object.fromEntries(Object.keys(sources).map((name) => [name, declared[name] ?? {}]));
  const code = Object.entries(sources).map(([name, source]) => [`${name}/index.mjs`, source]);
  return { "template.yaml": template(names), ...Object.fromEntries(code) };
}

/** The error of a refused call. */
export interface Refusal {
  name: string;
  status: number | undefined;
  message: string;
  reason?: string;
}

/** The error of a call of the SDK; fails if there's none. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata, Reason } = error as Error & {
      $metadata?: { httpStatusCode?: number };
      Reason?: string;
    };
    return {
      name,
      message,
      status: $metadata?.httpStatusCode,
      ...(Reason !== undefined && { reason: Reason }),
    };
  }
  throw new Error("The call was expected to be refused, but succeeded.");
}
