import { type Disposable, type Event, EventEmitter, type Memento } from "vscode";
import { SETTINGS } from "../../contributions.ts";
import type { Connection } from "../../core/connections/connection.ts";
import { readFunctionName } from "../../core/functions/functionName.ts";
import type { FunctionRef } from "../../core/functions/functionRef.ts";
import { guardedBy } from "../../core/guard/guard.ts";
import type { NamedPlace } from "../../core/guard/guardedConnections.ts";
import type { GuardProblem } from "../../core/guard/guardRule.ts";
import { type Guarded, GuardRules, type GuardSettings, strictest } from "../../core/guard/guardRules.ts";
import { placeKey } from "../../core/guard/place.ts";
import { Unlocks } from "../../core/guard/unlocks.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import type { IssuePass } from "../../core/invocation/guardPass.ts";
import type { FunctionCatalog } from "../connections/functionCatalog.ts";
import { DisposableStore } from "../disposables.ts";
import type { Settings } from "../settings.ts";
import { confirm, confirmByTyping, readTags } from "./guardPrompts.ts";

/** What guarding needs of the rest. */
export interface GuardsParts {
  catalog: FunctionCatalog;
  clock: Pick<Clock, "monotonic" | "now">;
  environment: NodeJS.ProcessEnv;
  settings: Pick<Settings, "connections" | "guards" | "onDidChange">;
  /** Shared by all windows: which connections patterns have named. */
  state: Memento;
}

/** How something is shown to be guarded. */
export interface ShownGuard extends Guarded {
  unlocked: boolean;
}

const REMEMBERED = "guardedConnections";
const MAX_REMEMBERED = 200;

/** The guards of this window: the settings' rules, what is unlocked, and the passes without which nothing is sent. */
export class Guards implements Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new EventEmitter<void>());
  readonly #parts: GuardsParts;
  readonly #defaultProfile: string;
  /** The account of each connection, as of its last change. */
  readonly #accounts = new Map<string, string | undefined>();
  #rules: { rules: GuardRules; connections: readonly Connection[] } | undefined;
  /** As of their last change: reading every value of three settings takes long. */
  #settings: GuardSettings | undefined;

  readonly unlocks: Unlocks;
  /** Asks the person if need be; `undefined` if they backed out. Throws a `UserError` if only dry runs are sent. */
  readonly issue: IssuePass;
  /** Fires when something may be guarded in another way. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(parts: GuardsParts) {
    this.#parts = parts;
    const { catalog, clock, environment, settings } = parts;
    this.#defaultProfile = environment["AWS_PROFILE"] || environment["AWS_DEFAULT_PROFILE"] || "default";
    this.unlocks = new Unlocks(clock);
    this.issue = guardedBy({
      rules: () => this.#settled(),
      unlocks: this.unlocks,
      confirm,
      confirmByTyping,
      tags: (call) => readTags(call, catalog),
    });
    const names = [SETTINGS.connections, SETTINGS.protected, SETTINGS.guard];
    this.#store.add(settings.onDidChange(names, () => this.#settingsChanged()));
    this.#store.add(catalog.onDidChange((entry) => this.#listed(entry?.connection)));
    // A window that opens need not wait for this.
    const reading = setImmediate(() => this.#remember(this.#known));
    this.#store.add({ dispose: () => clearImmediate(reading) });
  }

  /** The rules as far as they're known without waiting. */
  get #known(): GuardRules {
    const { catalog, settings, state } = this.#parts;
    const connections = catalog.known.map(({ connection }) => connection);
    if (this.#rules && isSameList(this.#rules.connections, connections)) return this.#rules.rules;
    const rules = new GuardRules({
      settings: (this.#settings ??= settings.guards()),
      connections,
      remembered: state.get<NamedPlace[]>(REMEMBERED, []),
      defaultProfile: this.#defaultProfile,
      accountOf: (connection) => this.#accountOf(connection),
    });
    this.#rules = { rules, connections };
    return rules;
  }

  /** What in the settings isn't written as it should be, and what is guarded until that's fixed. */
  get problems(): readonly GuardProblem[] {
    return this.#known.problems;
  }

  /** Whether a function is at its connection's own place. */
  isOwn(ref: FunctionRef, connection: Connection): boolean {
    return this.#known.isOwn(ref, connection);
  }

  /** How a function is guarded, for what is shown of it: its tags aren't read for that. */
  shownOf(ref: FunctionRef): ShownGuard | undefined {
    if (this.#known.isEmpty) return undefined;
    const connection = this.#connection(ref.connection);
    const { guarded } = this.#known.guardsOf(ref, connection);
    return guarded && this.#shown(guarded, connection, ref);
  }

  /** How all functions of a connection are guarded. */
  shownOfAll(name: string): ShownGuard | undefined {
    if (this.#known.isEmpty) return undefined;
    const connection = this.#connection(name);
    const guarded = this.#known.guardOfAll(connection);
    return guarded && this.#shown(guarded, connection, undefined);
  }

  /** What unlocking would lift; a guard that depends on tags too. */
  async liftable(ref: FunctionRef | undefined, connection: Connection): Promise<Guarded | undefined> {
    const rules = await this.#settled();
    if (!ref) return rules.guardOfAll(connection);
    const { guarded, ifTagged } = rules.guardsOf(ref, connection);
    return strictest([...ifTagged, ...(guarded ? [guarded] : [])]);
  }

  /** Lifts the guard of a function, or of all of a connection's, for some minutes. */
  unlock(connection: Connection, name: string | undefined, { level }: Guarded): void {
    const label = name === undefined ? connection.name : `${name} on ${connection.name}`;
    this.unlocks.unlock({ place: this.#known.placeOf(connection), name, label, level });
    this.#changed.fire();
  }

  /** Puts every guard back. */
  lock(): void {
    this.unlocks.lock();
    this.#changed.fire();
  }

  /** Tells that the time of what was unlocked is over. */
  noteEnded(): void {
    this.#changed.fire();
  }

  dispose(): void {
    this.#store.dispose();
  }

  /** The rules once every connection is known. */
  async #settled(): Promise<GuardRules> {
    await this.#parts.catalog.connections();
    this.#rules = undefined;
    this.#remember(this.#known);
    return this.#known;
  }

  #shown(guarded: Guarded, connection: Connection, ref: FunctionRef | undefined): ShownGuard {
    const isOwn = ref === undefined || this.#known.isOwn(ref, connection);
    const place = this.#known.placeOf(connection);
    return { ...guarded, unlocked: isOwn && this.unlocks.lifts(guarded.level, place, ref?.name) };
  }

  /** A connection by its name; before the list is there, as the settings have it. */
  #connection(name: string): Connection {
    const { catalog, settings } = this.#parts;
    const known = catalog.known.map(({ connection }) => connection);
    const isMeant = (each: Connection): boolean => each.name === name;
    const found = known.find(isMeant) ?? settings.connections().connections.find(isMeant);
    return found ?? { kind: "aws", name };
  }

  /** The account that a connection's functions are of, once they're listed. */
  #accountOf({ name }: Connection): string | undefined {
    const entry = this.#parts.catalog.known.find(({ connection }) => connection.name === name);
    const arn = entry?.list.state.functions[0]?.arn;
    return arn === undefined ? undefined : readFunctionName(arn)?.account;
  }

  /** What was unlocked under other settings isn't what a person meant under these. */
  #settingsChanged(): void {
    this.unlocks.lock();
    const wasShown = isShown(this.#known);
    this.#settings = undefined;
    this.#rules = undefined;
    this.#remember(this.#known);
    // Whoever shows guards makes all rows anew.
    if (wasShown || isShown(this.#known)) this.#changed.fire();
  }

  /** Connections are others now, or one's functions have told its account, which others may share. */
  #listed(connection: Connection | undefined): void {
    const account = connection && this.#accountOf(connection);
    if (connection && this.#accounts.get(connection.name) === account) return;
    if (connection) this.#accounts.set(connection.name, account);
    this.#rules = undefined;
    if (!this.#known.isEmpty) this.#changed.fire();
  }

  /** Keeps where the connections lead that patterns name: one that is renamed later stays guarded. */
  #remember({ namedByPatterns }: GuardRules): void {
    const { state } = this.#parts;
    const unique = new Map(
      namedByPatterns.map(({ name, place }) => [`${name}\n${placeKey(place)}`, { name, place }]),
    );
    const next = [...unique.values()].slice(0, MAX_REMEMBERED);
    if (JSON.stringify(next) !== JSON.stringify(state.get(REMEMBERED, [])))
      void state.update(REMEMBERED, next);
  }
}

function isShown({ isEmpty, problems }: GuardRules): boolean {
  return !isEmpty || problems.length > 0;
}

function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
