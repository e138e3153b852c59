import { InvokeCommand, LambdaClient, LambdaServiceException } from "@aws-sdk/client-lambda";
import type { LocalFunction } from "../../packages/local/src/model/localFunction.ts";
import { createLocalService } from "../../packages/local/src/launch.ts";

/** How far a function got that was invoked with `{}`. */
export interface Outcome {
  fn: LocalFunction;
  /** Whether its handler was called, whatever became of it. */
  isReached: boolean;
  /** The error's name and message. */
  error?: string;
}

export interface InvokeOptions {
  folder: string;
  /** The service's script. */
  script: string;
  /** The folder for packages that Lambda's runtimes include. */
  packagesPath?: string;
  typescriptPath?: string;
}

const CONCURRENT = 2;

/** The report of an invocation whose function failed while it was loaded, as text or as JSON. */
const failedInInit = /\bStatus: error\b|"status":"error"/;

/** Invokes functions of a folder with `{}`, each once. */
export async function invokeEach(
  functions: readonly LocalFunction[],
  options: InvokeOptions,
): Promise<Outcome[]> {
  const { folder, script, packagesPath, typescriptPath } = options;
  const service = createLocalService({
    executable: process.execPath,
    env: process.env,
    script,
    workspace: { folders: [folder], trusted: true, packagesPath, typescriptPath },
    onState: () => {},
    onLog: () => {},
  });
  try {
    const address = await service.address(AbortSignal.timeout(60_000));
    const client = new LambdaClient({ ...address, maxAttempts: 1 });
    const waiting = [...functions];
    const outcomes: Outcome[] = [];
    const work = async (): Promise<void> => {
      for (let fn = waiting.shift(); fn; fn = waiting.shift()) outcomes.push(await invokeOne(client, fn));
    };
    await Promise.all(Array.from({ length: CONCURRENT }, work));
    client.destroy();
    return outcomes;
  } finally {
    service.dispose();
  }
}

async function invokeOne(client: LambdaClient, fn: LocalFunction): Promise<Outcome> {
  try {
    const command = new InvokeCommand({ FunctionName: fn.name, Payload: "{}", LogType: "Tail" });
    const { FunctionError, LogResult = "", Payload = [] } = await client.send(command);
    if (FunctionError === undefined) return { fn, isReached: true };
    const log = Buffer.from(LogResult, "base64").toString();
    const { errorType = "", errorMessage = "" } = JSON.parse(Buffer.from(Payload).toString()) as {
      errorType?: string;
      errorMessage?: string;
    };
    return { fn, isReached: !failedInInit.test(log), error: `${errorType}: ${errorMessage}` };
  } catch (error) {
    if (!(error instanceof LambdaServiceException)) throw error;
    return { fn, isReached: false, error: `${error.name}: ${error.message}` };
  }
}
