import type { Connection } from "../../../../src/core/connections/connection.ts";
import { parseConnections } from "../../../../src/core/connections/connections.ts";
import { functionRef } from "../../../../src/core/functions/functionRef.ts";
import type { NamedPlace } from "../../../../src/core/guard/guardedConnections.ts";
import type { GuardLevel } from "../../../../src/core/guard/guardLevel.ts";
import { GuardRules } from "../../../../src/core/guard/guardRules.ts";

/** One scope's values of the settings that guard. */
export interface ScopeSettings {
  connections?: unknown;
  protected?: unknown;
  guard?: unknown;
}

export interface TestSurroundings {
  user?: ScopeSettings;
  workspace?: ScopeSettings;
  /** The accounts of connections whose functions are listed. */
  accounts?: Readonly<Record<string, string>>;
  remembered?: readonly NamedPlace[];
}

/** The rules of settings, and the connections that are shown with them: the workspace's replace the person's. */
export class TestRules {
  readonly rules: GuardRules;
  readonly connections: readonly Connection[];

  constructor({ user = {}, workspace = {}, accounts = {}, remembered = [] }: TestSurroundings) {
    const shown = workspace.connections ?? user.connections ?? [];
    this.connections = parseConnections(shown).connections;
    const values = (name: keyof ScopeSettings): unknown[] =>
      [user[name], workspace[name]].filter((value) => value !== undefined);
    this.rules = new GuardRules({
      settings: {
        connections: values("connections"),
        protected: values("protected"),
        guard: values("guard"),
      },
      connections: this.connections,
      remembered,
      defaultProfile: "default",
      accountOf: ({ name }) => accounts[name],
    });
  }

  connection(name: string): Connection {
    const found = this.connections.find((each) => each.name === name);
    if (!found) throw new Error(`There is no connection ${name}.`);
    return found;
  }

  /** How `connection/function` is guarded, its tags aside. */
  level(connection: string, name: string, qualifier?: string): GuardLevel | undefined {
    const ref = functionRef(connection, { name, qualifier });
    return this.rules.guardsOf(ref, this.connection(connection)).guarded?.level;
  }
}
