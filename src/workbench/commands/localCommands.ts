import { commands, env, window } from "vscode";
import { environmentLines } from "@lambda-invoke/local/contract/environmentLines.ts";
import type { LocalService } from "@lambda-invoke/local/contract/service.ts";
import type { Problem, SourcePlace } from "@lambda-invoke/local/contract/state.ts";
import { UserError } from "../../core/userError.ts";
import { PackageInstaller } from "../local/packageInstaller.ts";
import type { LocalWorkspaceState } from "../local/localWorkspaceState.ts";
import { openPlace } from "../openPlace.ts";
import { typeCommand } from "../terminal.ts";
import { FunctionNode } from "../tree/functionNode.ts";
import { LocalTemplateNode } from "../tree/localTemplateNode.ts";
import { MessageNode } from "../tree/messageNode.ts";
import type { CommandHandlers } from "./commandHandlers.ts";

/** What the commands of Local need. */
export interface LocalCommandParts {
  local: Pick<LocalService, "address" | "checkRuntimes">;
  localState: LocalWorkspaceState;
}

/** The commands of Local and of the workspace's own functions. */
export function localCommands({
  local,
  localState,
}: LocalCommandParts): CommandHandlers<
  "openDeclaration" | "openPlace" | "runInTerminal" | "installForLocal" | "showProblems" | "copyLocalEndpoint"
> {
  const installer = new PackageInstaller();
  return {
    openDeclaration: (node) => openDeclaration(node, localState),
    openPlace: (place) => openPlace(place as SourcePlace),
    runInTerminal,
    installForLocal: (given) => install(given, { installer, local, localState }),
    showProblems,
    copyLocalEndpoint: () => copyLocalEndpoint(local),
  };
}

async function openDeclaration(node: unknown, localState: LocalWorkspaceState): Promise<void> {
  const place = declarationOf(node, localState);
  if (place) return openPlace(place);
  throw new UserError("Only functions of this workspace have a declaration here. Select one of Local.");
}

function declarationOf(node: unknown, localState: LocalWorkspaceState): SourcePlace | undefined {
  if (node instanceof LocalTemplateNode) return { file: node.template.file, line: 0, column: 0 };
  return node instanceof FunctionNode ? localState.placeOf(node.summary.name) : undefined;
}

/** The problems of a row. */
function problemsOf(node: unknown): readonly Problem[] {
  if (node instanceof FunctionNode || node instanceof LocalTemplateNode) return node.problems;
  const problem = node instanceof MessageNode ? node.content.problem : undefined;
  return problem ? [problem] : [];
}

/** Opens the first problem's place, and the panel that lists them all. */
async function showProblems(node: unknown): Promise<void> {
  const place = problemsOf(node).find((problem) => problem.place)?.place;
  if (place) await openPlace(place);
  await commands.executeCommand("workbench.actions.view.problems");
}

function runInTerminal(node: unknown): void {
  const { fix, place } = problemsOf(node).find((problem) => problem.fix) ?? {};
  if (fix) return typeCommand(fix.command, place?.file);
  throw new UserError("Only what keeps a function of Local from running has a command. Select its row.");
}

/** Installs what a function lacks, of which there's a row or the name. */
async function install(
  given: unknown,
  { installer, local, localState }: LocalCommandParts & { installer: PackageInstaller },
): Promise<void> {
  const problems = typeof given === "string" ? localState.problemsOfFunction(given) : problemsOf(given);
  const installation = problems.find(({ fix }) => fix?.install)?.fix?.install;
  if (!installation)
    throw new UserError(
      "Nothing is left to install for this function. Select the row of one that lacks a package.",
    );
  try {
    await installer.install(installation);
  } finally {
    local.checkRuntimes();
  }
}

async function copyLocalEndpoint(local: Pick<LocalService, "address">): Promise<void> {
  const address = await local.address(AbortSignal.timeout(START_TIMEOUT_MS));
  const shell = process.platform === "win32" ? "powershell" : "posix";
  await env.clipboard.writeText(environmentLines(address, shell));
  const message = `Copied. Paste it into a terminal: SDKs there, and the AWS CLI from 2.13 on, then talk to ${address.endpoint} until VS Code ends.`;
  void window.showInformationMessage(message);
}

/** How long the local service may take to start, in milliseconds. */
const START_TIMEOUT_MS = 15_000;
