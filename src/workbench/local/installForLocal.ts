import { randomUUID } from "node:crypto";
import {
  type CancellationToken,
  ProgressLocation,
  ShellExecution,
  ShellQuoting,
  Task,
  type TaskExecution,
  TaskPanelKind,
  TaskRevealKind,
  TaskScope,
  tasks,
  window,
} from "vscode";
import type { Installation } from "@lambda-invoke/local/contract/state.ts";
import { UserError } from "../../core/userError.ts";
import { DisposableStore } from "../disposables.ts";

/**
 * Installs packages for Local in a terminal that the user sees, and waits for the end. Resolves to whether they are
 * installed: not if the user stops it. Throws a `UserError` if the program fails.
 */
export async function installForLocal({ program, args, packages }: Installation): Promise<boolean> {
  const names = new Intl.ListFormat("en").format(packages);
  const options = {
    location: ProgressLocation.Notification,
    title: `Installing ${names} for Local…`,
    cancellable: true,
  };
  const code = await window.withProgress(options, async (_progress, token) =>
    exitCodeOf(installation(program, args), token),
  );
  if (code === 0) void window.showInformationMessage(`Installed for Local: ${names}.`);
  else if (code !== undefined)
    throw new UserError(
      `${names} couldn't be installed for Local: ${program} ended with code ${code}. The terminal says why.`,
    );
  return code === 0;
}

function installation(program: string, args: readonly string[]): Task {
  // In PowerShell, an @ has a meaning.
  const quoted = args.map((value) => ({ value, quoting: ShellQuoting.Strong }));
  const execution = new ShellExecution(program, quoted);
  const definition = { type: "shell", installation: randomUUID() };
  const task = new Task(definition, TaskScope.Workspace, "Install for Local", "Lambda", execution);
  task.presentationOptions = { reveal: TaskRevealKind.Always, panel: TaskPanelKind.Dedicated, clear: true };
  return task;
}

/** Runs a task to its end; undefined if it was stopped. */
async function exitCodeOf(task: Task, token: CancellationToken): Promise<number | undefined> {
  const store = new DisposableStore();
  const ended = Promise.withResolvers<number | undefined>();
  // It may end before its start has been told.
  const isOwn = ({ execution }: { execution: TaskExecution }): boolean =>
    execution.task.definition["installation"] === task.definition["installation"];
  store.add(tasks.onDidEndTaskProcess((event) => isOwn(event) && ended.resolve(event.exitCode)));
  store.add(tasks.onDidEndTask((event) => isOwn(event) && ended.resolve(undefined)));
  const execution = await tasks.executeTask(task);
  store.add(token.onCancellationRequested(() => execution.terminate()));
  try {
    const code = await ended.promise;
    return token.isCancellationRequested ? undefined : code;
  } finally {
    store.dispose();
  }
}
