import {
  type CancellationToken,
  type Disposable,
  EventEmitter,
  type ProviderResult,
  type TreeDataProvider,
  type TreeItem,
} from "vscode";
import { COMMANDS } from "../../contributions.ts";
import type { ListingProblem } from "../../core/functions/listing.ts";
import type { FunctionSummary } from "../../core/functions/functionSummary.ts";
import { nameMatcher } from "../../core/functions/matching.ts";
import type { Mend } from "../../core/userError.ts";
import type { Catalog, Shelf } from "./catalog.ts";
import type { MfaPrompts } from "../connections/mfa.ts";
import { DisposableStore } from "../disposables.ts";
import { problemOf } from "./listingState.ts";
import {
  connectionItem,
  type ConnectionRow,
  functionItem,
  type FunctionRow,
  functionTooltip,
  messageItem,
  type MessageRow,
  type Row,
} from "./rows.ts";
import type { RunningInvocations } from "../invocations/running.ts";
import type { Settings } from "../settings.ts";

/** What the tree is made of. */
export interface FunctionsTreeParts {
  catalog: Catalog;
  mfa: MfaPrompts;
  running: RunningInvocations;
  settings: Settings;
  /** The filter as it is now. */
  filter(): string;
  /** What Local has to say beside its functions. */
  localProblems(): readonly MessageRow[];
}

/** How long a connection that is opened shows VS Code's own sign that it is loading, before a row says so. */
const FIRST_PAGE_MS = 1000;

/** Connections and their functions, as far as they have arrived. */
export class FunctionsTree implements TreeDataProvider<Row>, Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new EventEmitter<Row | undefined>());
  readonly #parts: FunctionsTreeParts;
  /** Rows are kept for as long as what they show, so that the workbench finds the same ones again. */
  readonly #connectionRows = new WeakMap<Shelf["list"], ConnectionRow>();
  readonly #functionRows = new WeakMap<FunctionSummary, FunctionRow>();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(parts: FunctionsTreeParts) {
    this.#parts = parts;
    this.#store.add(
      parts.catalog.onDidChange((shelf) =>
        this.#changed.fire(shelf ? this.#connectionRow(shelf) : undefined),
      ),
    );
    this.#store.add(parts.mfa.onDidChange(() => this.#showWaiting()));
    this.#store.add(
      parts.running.onDidChange(({ connection, function: name }) => {
        const row = this.rowOf(connection, name);
        if (row) this.#changed.fire(row);
      }),
    );
  }

  /** A connection waits for a code, or has got one. */
  #showWaiting(): void {
    for (const shelf of this.#parts.catalog.known)
      if (shelf.list.state.status === "loading") this.#changed.fire(this.#connectionRow(shelf));
  }

  /** Shows the rows anew, without asking AWS. */
  refresh(): void {
    this.#changed.fire(undefined);
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** The row of a function, where it is known. */
  rowOf(connection: string, name: string): FunctionRow | undefined {
    const shelf = this.#parts.catalog.known.find((each) => each.connection.name === connection);
    const found = shelf?.list.find(name);
    return shelf && found ? this.#functionRow(shelf, found) : undefined;
  }

  getTreeItem(row: Row): TreeItem {
    switch (row.kind) {
      case "connection":
        return connectionItem(row);
      case "function":
        return functionItem(
          row,
          this.#parts.running.oldestMs({
            connection: row.shelf.connection.name,
            function: row.function.name,
          }),
        );
      case "message":
        return messageItem(row);
    }
  }

  resolveTreeItem(item: TreeItem, row: Row, _token: CancellationToken): TreeItem {
    if (row.kind === "function") item.tooltip = functionTooltip(row);
    return item;
  }

  getParent(row: Row): ProviderResult<Row> {
    return row.kind === "function" ? this.#connectionRow(row.shelf) : undefined;
  }

  async getChildren(row?: Row): Promise<Row[]> {
    if (row === undefined) return this.#roots();
    return row.kind === "connection" ? this.#functionsOf(row.shelf) : [];
  }

  async #roots(): Promise<Row[]> {
    const shelves = await this.#parts.catalog.shelves();
    const problems = this.#parts.settings.connections().problems.map(settingProblem);
    return [...problems, ...shelves.map((shelf) => this.#connectionRow(shelf))];
  }

  async #functionsOf(shelf: Shelf): Promise<Row[]> {
    if (shelf.list.state.status === "idle") {
      void shelf.list.load();
      await this.#arrival(shelf);
    }
    const { functions } = shelf.list.state;
    const matches = nameMatcher(this.#parts.filter());
    const rows: Row[] = functions
      .filter(({ name }) => matches(name))
      .map((found) => this.#functionRow(shelf, found));
    if (shelf.connection.kind === "local") rows.unshift(...this.#parts.localProblems());
    const problem = listingRow(shelf, this.#parts.mfa);
    if (problem) rows.unshift(problem);
    if (rows.length > 0) return rows;
    return [{ kind: "message", shelf, ...emptiness(shelf) }];
  }

  /**
   * Waits for the first page, so that it is what a connection opens with: told of it as a change, the workbench would
   * show it most of a second later. A connection that is slow gives way, since other rows wait meanwhile.
   */
  async #arrival({ list }: Shelf): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, FIRST_PAGE_MS);
    await Promise.race([list.arrival, late]);
    clearTimeout(timer);
  }

  #connectionRow(shelf: Shelf): ConnectionRow {
    const kept = this.#connectionRows.get(shelf.list) ?? { kind: "connection", shelf };
    kept.shelf = shelf;
    this.#connectionRows.set(shelf.list, kept);
    return kept;
  }

  #functionRow(shelf: Shelf, found: FunctionSummary): FunctionRow {
    const kept = this.#functionRows.get(found) ?? { kind: "function", shelf, function: found };
    this.#functionRows.set(found, kept);
    return kept;
  }
}

function settingProblem(message: string): MessageRow {
  const mend: Mend = {
    title: "Open Setting",
    command: "workbench.action.openSettings",
    arguments: ["lambdaInvoke.connections"],
  };
  return { kind: "message", label: "Fix a connection in Settings", message, icon: "warning", mend };
}

/** Why a connection's functions are not listed, or not yet. */
function listingRow(shelf: Shelf, mfa: MfaPrompts): MessageRow | undefined {
  const problem = problemOf(shelf, mfa);
  if (!problem) return undefined;
  const { label, message, signIn } = problem;
  const icon = shelf.list.state.status === "failed" ? "error" : "warning";
  const mend = mendOf(shelf, problem);
  return { kind: "message", shelf, label, message, icon, mend, signIn, isListingProblem: true };
}

function mendOf(shelf: Shelf, { signIn, asksAgain }: ListingProblem): Mend {
  if (signIn) return { title: "Sign In", command: COMMANDS.signIn, arguments: [signIn] };
  if (!asksAgain) return { title: "Show Log", command: COMMANDS.showLog };
  return {
    title: "Refresh",
    command: COMMANDS.refreshConnection,
    arguments: [{ kind: "connection", shelf }],
  };
}

function emptiness({ connection, list }: Shelf): Pick<MessageRow, "message" | "icon" | "mend"> {
  if (list.state.status === "loading" || list.state.status === "idle") {
    return { message: "Loading…", icon: "loading~spin" };
  }
  if (list.state.functions.length > 0) {
    const mend: Mend = { title: "Clear Filter", command: COMMANDS.clearFilter };
    return { message: "No function matches the filter. Click to clear it.", icon: "info", mend };
  }
  return connection.kind === "local"
    ? { message: "No functions found. Add a SAM template (template.yaml) to the workspace.", icon: "info" }
    : { message: "There are no functions in this region.", icon: "info" };
}
