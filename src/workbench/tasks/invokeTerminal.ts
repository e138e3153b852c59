import {
  EventEmitter,
  type Pseudoterminal,
  type TaskDefinition,
  Uri,
  workspace,
  type WorkspaceFolder,
} from "vscode";
import type { InvocationRecord } from "../../core/invocation/record.ts";
import { EXIT_CODES, type ParsedTask, parseTask } from "../../core/invocation/taskDefinition.ts";
import { outputBlock } from "../../core/output/outputBlock.ts";
import { UserError } from "../../core/userError.ts";
import { originOf, wholeOf } from "../editor/jsonEditor.ts";
import type { Invoker } from "../invoking/invoker.ts";
import { type InvokeCommandRequest, toRequest } from "../invoking/invokeCommandRequest.ts";
import type { Settings } from "../settings.ts";

/** What a task's terminal needs of the rest. */
export interface InvokeTerminalParts {
  invoker: Pick<Invoker, "request">;
  settings: Pick<Settings, "responseLimit">;
}

/** Shows an invocation as a terminal does, and ends with its exit code. */
export class InvokeTerminal implements Pseudoterminal {
  readonly #written = new EventEmitter<string>();
  readonly #closed = new EventEmitter<number>();
  readonly #definition: TaskDefinition;
  readonly #folder: WorkspaceFolder | undefined;
  readonly #parts: InvokeTerminalParts;
  readonly #stop = new AbortController();

  readonly onDidWrite = this.#written.event;
  readonly onDidClose = this.#closed.event;

  constructor(definition: TaskDefinition, folder: WorkspaceFolder | undefined, parts: InvokeTerminalParts) {
    this.#definition = definition;
    this.#folder = folder;
    this.#parts = parts;
  }

  open(): void {
    void this.#run();
  }

  /** The terminal was closed, or the task terminated. */
  close(): void {
    this.#stop.abort();
    this.#written.dispose();
    this.#closed.dispose();
  }

  async #run(): Promise<void> {
    try {
      const record = await this.#invoke();
      const responseLimit = this.#parts.settings.responseLimit();
      this.#write(record ? outputBlock(record, { responseLimit }) : "Nothing was sent.\n");
      this.#closed.fire(record ? EXIT_CODES[record.verdict] : EXIT_CODES.notRun);
    } catch (error) {
      this.#write(`${error instanceof Error ? error.message : String(error)}\n`);
      this.#closed.fire(EXIT_CODES.notRun);
    }
  }

  async #invoke(): Promise<InvocationRecord | undefined> {
    const task = parseTask(this.#definition);
    this.#write(`Invoking ${task.argument.function}…\n\n`);
    const request = await toTaskRequest(task, this.#folder);
    return this.#parts.invoker.request(task.mode, request, this.#stop.signal);
  }

  #write(text: string): void {
    this.#written.fire(text.replaceAll("\n", "\r\n"));
  }
}

async function toTaskRequest(
  { argument, file }: ParsedTask,
  folder: WorkspaceFolder | undefined,
): Promise<InvokeCommandRequest> {
  const request = toRequest(argument);
  if (file === undefined) return request;
  const source = wholeOf(await workspace.openTextDocument(fileOf(file, folder)));
  return { ...request, payload: { kind: "given", text: source.text, origin: originOf(source) } };
}

/** An absolute path, or one in the task's folder. */
function fileOf(path: string, folder = workspace.workspaceFolders?.[0]): Uri {
  if (/^(?:[/\\]|[A-Za-z]:[/\\])/.test(path)) return Uri.file(path);
  if (folder) return Uri.joinPath(folder.uri, path);
  throw new UserError(
    `There's no folder that ${path} could be in. Nothing was sent. Open one, or give a whole path.`,
  );
}
