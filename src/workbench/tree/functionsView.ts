import { type Disposable, type TreeView, window, workspace } from "vscode";
import { COMMANDS, CONTEXT_KEYS, VIEWS } from "../../contributions.ts";
import { type ListingProblem, listingProblem } from "../../core/functions/listing.ts";
import { nameMatcher } from "../../core/functions/matching.ts";
import {
  cannotRunId,
  problemMessage,
  type LocalState,
  type Problem,
} from "@lambda-invoke/local/contract/state.ts";
import { UserError } from "../../core/userError.ts";
import { openPlace } from "../openPlace.ts";
import { typeCommand } from "../terminal.ts";
import type { Catalog, Shelf } from "./catalog.ts";
import type { MfaPrompts } from "../connections/mfa.ts";
import { setContext } from "../context.ts";
import { DisposableStore } from "../disposables.ts";
import { FunctionsTree } from "./functionsTree.ts";
import type { Memory } from "../workspaceState.ts";
import type { Reporter } from "../report.ts";
import { isConnectionRow, isFunctionRow, isMessageRow, type MessageRow, type Row } from "./rows.ts";
import type { RunningInvocations } from "../invocations/running.ts";
import type { Settings } from "../settings.ts";

/** What the view is made of. */
export interface FunctionsViewParts {
  catalog: Catalog;
  memory: Memory;
  mfa: MfaPrompts;
  reporter: Reporter;
  running: RunningInvocations;
  settings: Settings;
}

/** The functions view: its tree, its filter, and the commands of its title. */
export class FunctionsView implements Disposable {
  readonly #store = new DisposableStore();
  readonly #parts: FunctionsViewParts;
  readonly #tree: FunctionsTree;
  #filter: string;
  readonly #noted = new WeakSet<ListingProblem>();
  #local: LocalState = { places: {}, problems: [] };

  readonly view: TreeView<Row>;

  constructor(parts: FunctionsViewParts) {
    this.#parts = parts;
    this.#filter = parts.memory.filter;
    this.#tree = this.#store.add(
      new FunctionsTree({ ...parts, filter: () => this.#filter, localProblems: () => this.#problemRows() }),
    );
    this.view = this.#store.add(
      window.createTreeView(VIEWS.functions, { treeDataProvider: this.#tree, showCollapseAll: false }),
    );
    const { reporter, catalog } = parts;
    this.#store.add(reporter.command(COMMANDS.refresh, () => this.refresh()));
    this.#store.add(reporter.command(COMMANDS.refreshConnection, (row) => refreshConnection(row)));
    this.#store.add(reporter.command(COMMANDS.filterFunctions, () => this.#askForFilter()));
    this.#store.add(reporter.command(COMMANDS.openDeclaration, (row) => this.#openDeclaration(row)));
    this.#store.add(reporter.command(COMMANDS.runInTerminal, (row) => runInTerminal(row)));
    this.#store.add(reporter.command(COMMANDS.clearFilter, () => this.#setFilter("")));
    this.#store.add(catalog.onDidChange(() => this.#showFilter()));
    this.#store.add(catalog.onDidChange((shelf) => shelf && this.#noteProblem(shelf)));
    this.#showFilter();
    setContext(CONTEXT_KEYS.ready, true);
  }

  /**
   * Looks at the connections, and lists anew what was listed before. A button of the view's title is given the row that
   * has the focus, which isn't meant.
   */
  async refresh(): Promise<void> {
    const { catalog } = this.#parts;
    catalog.reset();
    const listed = (await catalog.shelves()).filter(({ list }) => list.state.status !== "idle");
    await Promise.all(listed.map(({ list }) => list.reload()));
  }

  /** Takes in what the local service says of the workspace, and lists its functions anew. */
  setLocalState(state: LocalState): void {
    this.#local = state;
    const local = this.#parts.catalog.known.find(({ connection }) => connection.kind === "local");
    if (local?.list.state.status === "idle") return;
    void local?.list.reload();
  }

  /** The problem that keeps a function of Local from running. */
  problemOf(functionName: string): Problem | undefined {
    return this.#local.problems.find(({ id }) => id === cannotRunId(functionName));
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** A row has room for a few words; the log has the rest of them, once each. */
  #noteProblem({ connection, list }: Shelf): void {
    const { status, error, waiting } = list.state;
    const problem = status === "failed" ? listingProblem(error) : waiting;
    if (!problem || this.#noted.has(problem)) return;
    this.#noted.add(problem);
    const cause = error instanceof Error ? error.cause : undefined;
    this.#parts.reporter.noteProblem(`${connection.name}: ${problem.label}. ${problem.message}`, cause);
  }

  async #openDeclaration(row: unknown): Promise<void> {
    const place = isFunctionRow(row) ? this.#local.places[row.function.name] : undefined;
    if (place) return openPlace(place);
    throw new UserError("Only functions of this workspace have a declaration here. Select one of Local.");
  }

  #problemRows(): MessageRow[] {
    return this.#local.problems.map((problem) => {
      const { place } = problem;
      const message = problemMessage(problem);
      const row: MessageRow = { kind: "message", icon: "warning", message, problem };
      if (!place) return row;
      const where = `${workspace.asRelativePath(place.file)}:${place.line + 1}`;
      return { ...row, where, mend: { title: "Open", command: COMMANDS.openPlace, arguments: [place] } };
    });
  }

  /** Filters while the person types; backing out brings the old filter back. */
  async #askForFilter(): Promise<void> {
    const before = this.#filter;
    const input = window.createInputBox();
    input.title = "Filter Functions";
    input.prompt = "A part of the name, or a glob such as order-*-prod";
    input.value = before;
    const accepted = await new Promise<boolean>((resolve) => {
      input.onDidChangeValue((value) => this.#apply(value));
      input.onDidAccept(() => resolve(true));
      input.onDidHide(() => resolve(false));
      input.show();
    });
    const chosen = accepted ? input.value : before;
    input.dispose();
    await this.#setFilter(chosen);
  }

  async #setFilter(filter: string): Promise<void> {
    this.#apply(filter);
    await this.#parts.memory.setFilter(this.#filter);
  }

  #apply(filter: string): void {
    this.#filter = filter.trim();
    this.#tree.refresh();
    this.#showFilter();
  }

  #showFilter(): void {
    const filter = this.#filter;
    setContext(CONTEXT_KEYS.filtered, filter !== "");
    if (filter === "") {
      this.view.message = "";
      return;
    }
    const names = this.#parts.catalog.known.flatMap(({ list }) =>
      list.state.functions.map(({ name }) => name),
    );
    const shown = names.filter(nameMatcher(filter)).length;
    this.view.message = `Filter “${filter}”: ${shown} of ${names.length} functions`;
  }
}

/** Lists a connection's functions anew: that of its own row, or of the row that says why they aren't listed. */
function refreshConnection(row: unknown): Promise<void> {
  const shelf = isConnectionRow(row) || isMessageRow(row) ? row.shelf : undefined;
  if (shelf) return shelf.list.reload();
  throw new UserError("Select a connection in the Functions view first.");
}

function runInTerminal(row: unknown): void {
  const { fix, place } = (isMessageRow(row) && row.problem) || {};
  if (fix) return typeCommand(fix.command, place?.file);
  throw new UserError("Only what keeps a function of Local from running has a command. Select its row.");
}
