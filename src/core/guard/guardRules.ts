import type { Connection } from "../connections/connection.ts";
import type { FunctionRef } from "../functions/functionRef.ts";
import { type NamedPlace, readGuardedConnections } from "./guardedConnections.ts";
import { isAtLeast } from "./guardLevel.ts";
import { normalize } from "./guardPattern.ts";
import { covers, type GuardProblem, type GuardRule, type GuardSubject } from "./guardRule.ts";
import { readGuard, readProtected } from "./guardSettings.ts";
import { type AwsPlace, mayBeSame, type Place, placeKey, placeOf } from "./place.ts";

/** Every value that the settings have: the person's, the workspace's and a folder's. None replaces another. */
export interface GuardSettings {
  connections: readonly unknown[];
  protected: readonly unknown[];
  guard: readonly unknown[];
}

/** What else is known when the settings are read. */
export interface GuardSurroundings {
  settings: GuardSettings;
  /** The connections that are shown, the one for the default profile too. */
  connections: readonly Connection[];
  /** Connections that a pattern named earlier, by names that they may no longer have. */
  remembered: readonly NamedPlace[];
  /** The profile of a connection that has none. */
  defaultProfile: string;
  /** The account of a connection, if its functions have told. */
  accountOf: (connection: Connection) => string | undefined;
}

/** How a function is guarded, and by what. */
export type Guarded = Pick<GuardRule, "level" | "source" | "setting">;

/** The guards of all settings together, each belonging to a place, whatever its connection is called now. */
export class GuardRules {
  readonly problems: readonly GuardProblem[];
  /** The connections that patterns speak of by name now. */
  readonly namedByPatterns: readonly NamedPlace[];
  readonly #rules: readonly GuardRule[];
  readonly #names: readonly NamedPlace[];
  readonly #surroundings: GuardSurroundings;
  /** The account of each place that is known to have one. */
  readonly #accounts: ReadonlyMap<string, string>;
  /** What functions of a connection share. */
  readonly #whereaboutsOf = new WeakMap<Connection, Omit<GuardSubject, "ref">>();

  constructor(surroundings: GuardSurroundings) {
    this.#surroundings = surroundings;
    const { settings, connections, remembered, defaultProfile } = surroundings;
    this.#accounts = accountsOf(surroundings);
    const configured = settings.connections.map((value) => readGuardedConnections(value, defaultProfile));
    const shown = connections.map((each) => ({ name: each.name, place: this.placeOf(each) }));
    const standard: NamedPlace = { name: defaultProfile, place: { kind: "aws", profile: defaultProfile } };
    const names = [...shown, ...configured.flatMap((each) => each.names), standard, ...remembered];
    this.#names = names.map(({ name, place }) => ({ name, place: this.#withAccount(place) }));
    const known = [...this.#names.map(({ name }) => name), "Local"];
    const parsed = [
      ...configured,
      ...settings.protected.map((value) => readProtected(value, known)),
      ...settings.guard.map((value) => readGuard(value, known)),
    ];
    this.#rules = parsed.flatMap(({ rules }) => rules).map((rule) => this.#withAccountOfScope(rule));
    this.problems = withoutRepeats(parsed.flatMap(({ problems }) => problems));
    this.namedByPatterns = this.#names.filter(({ name }) => this.#isNamed(name));
  }

  /** Nothing is guarded, whatever it's called and wherever it is. */
  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /** How a function is guarded as far as that doesn't depend on its tags, and the stricter rules that ask for one. */
  guardsOf(
    ref: FunctionRef,
    connection: Connection,
  ): { guarded: Guarded | undefined; ifTagged: GuardRule[] } {
    if (this.isEmpty) return { guarded: undefined, ifTagged: [] };
    const subject: GuardSubject = { ref, ...this.#whereabouts(ref, connection) };
    const found = this.#rules.filter((rule) => covers(rule, subject));
    const guarded = strictest(found.filter(({ tags }) => tags === undefined));
    const stricter = found.filter(({ level }) => !guarded || !isAtLeast(guarded.level, level));
    return { guarded, ifTagged: stricter.filter(({ tags }) => tags !== undefined) };
  }

  /** How every function of a connection is guarded. */
  guardOfAll(connection: Connection): Guarded | undefined {
    // No function can be called that, so only what covers them all covers it.
    return this.guardsOf({ connection: connection.name, name: "\0" }, connection).guarded;
  }

  /** Where a connection leads, its account too if that's known. */
  placeOf(connection: Connection): Place {
    return this.#withAccount(placeOf(connection, this.#surroundings.defaultProfile));
  }

  /** Whether a function is at its connection's own place: an ARN may name another account's, or another region's. */
  isOwn({ owner }: Pick<FunctionRef, "owner">, connection: Connection): boolean {
    const place = this.placeOf(connection);
    return owner === undefined || (place.kind === "aws" ? isOwnOf(owner, place) : true);
  }

  #whereabouts(ref: FunctionRef, connection: Connection): Omit<GuardSubject, "ref"> {
    const isOwn = this.isOwn(ref, connection);
    const known = isOwn ? this.#whereaboutsOf.get(connection) : undefined;
    const found = known ?? this.#findWhereabouts(ref, connection);
    if (isOwn) this.#whereaboutsOf.set(connection, found);
    return found;
  }

  #findWhereabouts({ owner }: FunctionRef, connection: Connection): Omit<GuardSubject, "ref"> {
    const place = this.placeOf(connection);
    const places = place.kind === "aws" && owner ? [place, ...ownersPlace(owner, place)] : [place];
    const others = this.#names.filter((each) => places.some((one) => mayBeSame(one, each.place)));
    const names = [connection.name, ...others.map(({ name }) => name)].map(normalize);
    return { places, names: [...new Set(names)] };
  }

  /** What a shown connection's functions have told of the account goes for every name of its place. */
  #withAccount(place: Place): Place {
    if (place.kind === "local" || place.account !== undefined) return place;
    const account = this.#accounts.get(placeKey(place));
    return account === undefined ? place : { ...place, account };
  }

  #withAccountOfScope(rule: GuardRule): GuardRule {
    if (rule.scope.kind !== "place") return rule;
    return { ...rule, scope: { kind: "place", place: this.#withAccount(rule.scope.place) } };
  }

  #isNamed(name: string): boolean {
    return this.#rules.some(({ scope }) => scope.kind === "pattern" && scope.pattern.names([name]));
  }
}

function accountsOf({ connections, defaultProfile, accountOf }: GuardSurroundings): Map<string, string> {
  const found = connections.map(
    (each) => [placeKey(placeOf(each, defaultProfile)), accountOf(each)] as const,
  );
  return new Map(found.flatMap(([key, account]) => (account === undefined ? [] : [[key, account]])));
}

type Owner = NonNullable<FunctionRef["owner"]>;

function isOwnOf(owner: Owner, { account, region }: AwsPlace): boolean {
  return owner.account === account && (owner.region ?? region) === (region ?? owner.region);
}

/** Where a function may be that an ARN names: at any place of that account. */
function ownersPlace(owner: Owner, place: AwsPlace): AwsPlace[] {
  if (isOwnOf(owner, place)) return [];
  const { account, profile, region, endpoint } = place;
  const isSameAccount = owner.account === account;
  return [
    {
      kind: "aws",
      account: owner.account,
      profile: isSameAccount ? profile : undefined,
      region: owner.region ?? region,
      endpoint,
    },
  ];
}

/** The strictest of what guards a function. */
export function strictest<T extends Guarded>(all: readonly T[]): T | undefined {
  return all.toSorted((a, b) => (a.level === b.level ? 0 : isAtLeast(a.level, b.level) ? -1 : 1))[0];
}

function withoutRepeats(problems: readonly GuardProblem[]): GuardProblem[] {
  return [...new Map(problems.map((problem) => [problem.message, problem])).values()];
}
