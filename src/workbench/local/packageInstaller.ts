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

/** Installs packages for Local, one installation after the other: they share a folder. */
export class PackageInstaller {
  readonly #running = new Map<string, Promise<void>>();
  #last: Promise<void> = Promise.resolve();

  /**
   * Installs in a terminal that the user sees, and waits for the end. What is being installed already isn't installed twice.
   * Throws a `UserError` if the program fails.
   */
  install(installation: Installation): Promise<void> {
    const key = JSON.stringify(installation);
    const known = this.#running.get(key);
    if (known) return known;
    const done = this.#last.then(() => install(installation)).finally(() => this.#running.delete(key));
    this.#running.set(key, done);
    this.#last = done.catch(() => {});
    return done;
  }
}

async function install({ program, args, packages }: Installation): Promise<void> {
  const names = new Intl.ListFormat("en").format(packages);
  const options = {
    location: ProgressLocation.Notification,
    title: `Installing ${names} for Local…`,
    cancellable: true,
  };
  const code = await window.withProgress(options, async (_progress, token) =>
    exitCodeOf(taskOf(program, args), token),
  );
  if (code === 0) void window.showInformationMessage(`Installed for Local: ${names}.`);
  else if (code !== undefined)
    throw new UserError(
      `${names} couldn't be installed for Local: ${program} ended with code ${code}. The terminal says why.`,
    );
}

function taskOf(program: string, args: readonly string[]): Task {
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
