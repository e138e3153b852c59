import { exec, execFile, type ExecFileException } from "node:child_process";
import { CredentialError } from "../../core/credentials/credentialFailures.ts";
import { splitShellWords } from "../config/shellWords.ts";
import type { AwsKeys, ProcessPlan } from "./plan.ts";
import { sentence } from "./services.ts";
import type { SourceContext } from "./source.ts";

/** How much of the process's standard error is shown. */
const MAX_STDERR_LENGTH = 300;

/**
 * Runs a profile's `credential_process`, once, and reads what it prints (AWS SDKs and Tools Reference Guide, Process
 * credential provider). Rejects with a `CredentialError`.
 */
export async function runCredentialProcess(
  { command, profile }: ProcessPlan,
  { signal }: Pick<SourceContext, "signal">,
): Promise<AwsKeys> {
  const output = await run(command, profile, signal);
  const bad = (detail: string): CredentialError =>
    new CredentialError({ reason: "processOutputInvalid", profile, detail });
  const { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration } = parse(output) ?? {};
  if (Version === undefined && AccessKeyId === undefined) throw bad("it must be a JSON object.");
  if (Version !== 1) throw bad("its Version must be 1.");
  if (typeof AccessKeyId !== "string" || typeof SecretAccessKey !== "string") {
    throw bad("it has no AccessKeyId or no SecretAccessKey.");
  }
  const expiration = typeof Expiration === "string" ? new Date(Expiration) : undefined;
  if (expiration && !(expiration.getTime() > Date.now())) throw bad("they have expired.");
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: typeof SessionToken === "string" ? SessionToken : undefined,
    expiration,
  };
}

/** As the AWS CLI does it: without a shell, so nothing of the line is expanded. On Windows, scripts need a shell. */
function run(command: string, profile: string, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const onEnd = (error: ExecFileException | null, stdout: string, stderr: string): void => {
    if (error) reject(whyFailed(error, profile, stderr));
    else resolve(stdout);
  };
  const options = { signal, windowsHide: true, maxBuffer: 10 * 1024 * 1024 };
  if (process.platform === "win32") {
    exec(command, options, onEnd);
    return promise;
  }
  const [file, ...args] = splitShellWords(command) ?? [];
  if (file !== undefined) execFile(file, args, options, onEnd);
  else {
    const detail = `The credential_process of profile ${profile} isn't a command: check its quotes.`;
    reject(new CredentialError({ reason: "profileInvalid", profile, detail }));
  }
  return promise;
}

/** `code` is the exit code, or the system's error code where the process couldn't be started. */
function whyFailed({ code, signal }: ExecFileException, profile: string, stderr: string): CredentialError {
  const said = sentence(stderr);
  return new CredentialError({
    reason: "processFailed",
    profile,
    exitCode: typeof code === "number" ? code : undefined,
    signal: signal ?? undefined,
    stderr: said.length > MAX_STDERR_LENGTH ? `${said.slice(0, MAX_STDERR_LENGTH)}…` : said,
  });
}

function parse(output: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(output);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
