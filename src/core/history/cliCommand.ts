import { type CopiedInvocation, hintsOf, parametersOf } from "./invocationCopy.ts";

/** The shell that a command is written for. */
export type Shell = "posix" | "powershell";

/**
 * The AWS CLI command that makes an invocation once more, with the same bytes as its payload. The CLI retries what fails
 * and what takes longer than a minute unless it's told not to: an event must not be sent twice.
 */
export function cliCommand(copied: CopiedInvocation, shell: Shell): string {
  const hint = hintsOf(copied)
    .map((line) => `# ${line}\n`)
    .join("");
  const quoted = quote(copied.record.payload.text, shell);
  const options = optionsOf(copied).map(([name, value]) => `${name} ${quote(value, shell)}`);
  if (shell === "powershell") {
    const file = `$payload = New-TemporaryFile\n[IO.File]::WriteAllText($payload, ${quoted})\n`;
    const line = ["aws lambda invoke", ...options, '--payload "fileb://$payload"', "response.json"].join(" ");
    return `${hint}${file}$env:AWS_MAX_ATTEMPTS = 1\n${line}\n`;
  }
  const lines = ["AWS_MAX_ATTEMPTS=1 aws lambda invoke", ...options, "--payload fileb:///dev/stdin"];
  return `${hint}printf %s ${quoted} |\n${[...lines, "response.json"].join(" \\\n  ")}\n`;
}

function optionsOf(copied: CopiedInvocation): [string, string][] {
  const { destination, record } = copied;
  const { functionName, qualifier, invocationType, clientContext, tenantId, durableExecutionName } =
    parametersOf(copied);
  const aws = destination.kind === "aws" ? destination : undefined;
  const options: [string, string | undefined][] = [
    ["--function-name", functionName],
    ["--qualifier", qualifier],
    ["--invocation-type", invocationType],
    ["--log-type", record.log === undefined ? undefined : "Tail"],
    ["--client-context", clientContext],
    ["--tenant-id", tenantId],
    ["--durable-execution-name", durableExecutionName],
    ["--profile", aws?.profile],
    ["--region", aws?.region],
    ["--endpoint-url", aws?.endpoint],
    ["--cli-read-timeout", "0"],
  ];
  return options.filter((option): option is [string, string] => option[1] !== undefined);
}

/** What needs no quotes in any of the shells. */
const PLAIN = /^[\w./:=-]+$/;
/** PowerShell takes typographic quotes for the straight one. */
const POWERSHELL_QUOTES = /['\u2018-\u201b]/g;

function quote(text: string, shell: Shell): string {
  if (PLAIN.test(text)) return text;
  const escaped =
    shell === "posix" ? text.replaceAll("'", String.raw`'\''`) : text.replaceAll(POWERSHELL_QUOTES, "$&$&");
  return `'${escaped}'`;
}
