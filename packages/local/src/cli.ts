#!/usr/bin/env node
// Runs the local Lambda service without VS Code: until Ctrl-C, or for as long as a command runs.
import { spawn } from "node:child_process";
import { realpathSync, statSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { environmentLines, environmentVariables } from "./contract/environmentLines.ts";
import { problemMessage, type Problem } from "./contract/state.ts";
import { LocalServiceError } from "./contract/serviceError.ts";
import { createLocalService } from "./launch.ts";

const help = `Usage: lambda-local --workspace DIR [--port N] [--node FILE] [-- command …]

Runs the Lambda functions that the templates of a folder declare, behind the Lambda API on 127.0.0.1.

  --workspace DIR  the folder whose functions to run
  --port N         the port to listen on; by default any free port
  --node FILE      the Node.js that runs functions; by default, the nearest to the function's runtime of
                   those that are installed
  --help           shows this text

Without a command, prints the environment variables that point the AWS CLI or an SDK at the service,
and runs until Ctrl-C. With a command, runs it with these variables and exits with its code.

Templates and functions of the folder run code on this machine. Starting this program means that you
trust the folder: use it only on code that you would run yourself.
`;

/** The arguments can't be used; the message says why. */
class UsageError extends Error {}

interface Arguments {
  folder: string;
  port: number;
  /** An absolute path. */
  nodePath: string | undefined;
  command: readonly string[];
}

/** How the program ends: a shell's exit code for each case. */
const exitCodes = { failure: 1, usage: 2, cannotExecute: 126, notFound: 127, signal: 128 };

function parse(argv: readonly string[]): Arguments | "help" {
  const end = argv.indexOf("--");
  const own = end < 0 ? argv : argv.slice(0, end);
  const { workspace, port, node, help: wantsHelp } = parseOptions(own);
  if (wantsHelp === true) return "help";
  if (workspace === undefined || workspace === "")
    throw new UsageError("--workspace is missing. Name the folder whose functions to run.");
  if (end === argv.length - 1)
    throw new UsageError("There's no command after --. Add one, or leave out the --.");
  return {
    folder: folderOf(workspace),
    port: portOf(port),
    nodePath: node === undefined ? undefined : fileOf(node),
    command: end < 0 ? [] : argv.slice(end + 1),
  };
}

function parseOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        workspace: { type: "string" },
        port: { type: "string" },
        node: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function folderOf(path: string): string {
  const folder = resolve(path);
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (!stats) throw new UsageError(`The folder ${folder} doesn't exist. Check --workspace.`);
  if (!stats.isDirectory()) throw new UsageError(`${folder} isn't a folder. Set --workspace to a folder.`);
  return folder;
}

function fileOf(path: string): string {
  const file = resolve(path);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file;
  throw new UsageError(`${file} isn't a file. Set --node to the path of a Node.js.`);
}

function portOf(value = "0"): number {
  const port = Number(value);
  if (/^\d+$/.test(value) && port <= 65_535) return port;
  throw new UsageError(
    `${JSON.stringify(value)} isn't a valid port. Set --port to a number from 0 to 65535.`,
  );
}

/** Runs the service with these arguments; resolves to the exit code. */
async function run({ folder, port, nodePath, command }: Arguments): Promise<number> {
  const ended = Promise.withResolvers<number>();
  const shown = new Set<string>();
  const service = createLocalService({
    executable: process.execPath,
    env: process.env,
    script: serviceScript(),
    workspace: { folders: [folder], trusted: true, nodePath },
    config: () => ({ port }),
    onState: ({ problems }) => report(problems, shown),
    onLog: (line) => process.stderr.write(`${line}\n`),
    onEnd: () => ended.resolve(exitCodes.failure),
  });
  try {
    const stopped = command.length === 0 ? nextSignal() : undefined;
    const address = await service.address(new AbortController().signal);
    const lines = environmentLines(address, process.platform === "win32" ? "powershell" : "posix");
    const [file, ...args] = command;
    // The output of a command stays its own.
    (file === undefined ? process.stdout : process.stderr).write(lines);
    if (file !== undefined) return await runCommand(file, args, environmentVariables(address));
    return await Promise.race([ended.promise, stopped ?? 0]);
  } finally {
    service.dispose();
  }
}

/** The service's script beside this one: built, or from the sources. */
function serviceScript(): string {
  const self = realpathSync(process.argv[1] ?? "");
  return join(dirname(self), self.endsWith(".ts") ? "main.ts" : "../local/main.cjs");
}

function report(problems: readonly Problem[], shown: Set<string>): void {
  for (const problem of problems) {
    if (shown.has(problem.id)) continue;
    shown.add(problem.id);
    process.stderr.write(`${problemMessage(problem)}\n`);
  }
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Resolves to the exit code once the user asks the program to stop. */
function nextSignal(): Promise<number> {
  return new Promise((done) => {
    for (const signal of signals) process.once(signal, () => done(0));
  });
}

/** Runs a command with these variables; resolves to its exit code as a shell would give it. */
function runCommand(
  file: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<number> {
  return new Promise((done) => {
    const child = spawn(file, args, { env: { ...process.env, ...variables }, stdio: "inherit" });
    for (const signal of signals)
      process.on(signal, () => {
        // A terminal sends Ctrl-C to the command by itself.
        if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
      });
    child.once("error", (error) => done(notStarted(file, error)));
    child.once("exit", (code, signal) =>
      done(code ?? exitCodes.signal + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}

function notStarted(file: string, error: NodeJS.ErrnoException): number {
  const missing = error.code === "ENOENT";
  const why = missing
    ? "wasn't found. Check its name, and that its folder is on the PATH"
    : `couldn't be started: ${error.message}`;
  process.stderr.write(`The command ${file} ${why}.\n`);
  return missing ? exitCodes.notFound : exitCodes.cannotExecute;
}

async function main(): Promise<number> {
  try {
    const parsed = parse(process.argv.slice(2));
    if (parsed !== "help") return await run(parsed);
    process.stdout.write(help);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\nRun lambda-local --help for its options.\n`);
      return exitCodes.usage;
    }
    if (!(error instanceof LocalServiceError)) throw error;
    process.stderr.write(
      `${error.reason === undefined ? error.message : `The local Lambda service couldn't start: ${error.reason}.`}\n`,
    );
    return exitCodes.failure;
  }
}

void main().then((code) => process.exit(code));
