import { CredentialError } from "../core/credentials/credentialFailures.ts";
import { keyRefusal } from "../core/credentials/refusedKeys.ts";
import type { CallBudget, LogCallBudgets } from "../core/invocation/logCallBudget.ts";
import type { Failure } from "../core/invocation/reply.ts";
import { awsClients, type Clients } from "./client.ts";
import { clientKey } from "./connectionSettings.ts";
import type { AwsKeys } from "./credentials/plan.ts";
import type { Caller, CallingConnection, CredentialUse, Identity } from "./identity.ts";
import type { ConnectionTimes } from "./transport.ts";

/** What calls to AWS are made with. */
export interface AwsCallsParts {
  budgets: Pick<LogCallBudgets, "of">;
  identity: Identity;
  times: ConnectionTimes;
}

/** The clients for calls to AWS, prepared for each call and cached by profile, region and endpoint. */
export class AwsCalls {
  readonly #clients = new Map<string, ReadyClients>();
  readonly #budgets: AwsCallsParts["budgets"];
  readonly #identity: Identity;
  readonly #times: ConnectionTimes;

  constructor({ budgets, identity, times }: AwsCallsParts) {
    this.#budgets = budgets;
    this.#identity = identity;
    this.#times = times;
  }

  /**
   * Clients with the region, endpoint and credentials as they are now. Rejects with a `CredentialError`, or with the
   * signal's reason.
   */
  async prepare(connection: CallingConnection, use: CredentialUse, signal: AbortSignal): Promise<Clients> {
    const caller = await this.#identity.caller(connection);
    const { settings } = caller;
    const { profile, region } = settings;
    if (region === undefined) throw new CredentialError({ reason: "noRegion", profile });
    const keys = await caller.credentials(use, signal);
    const key = JSON.stringify([connection.profile, clientKey(settings)]);
    const known = this.#clients.get(key);
    if (known) {
      known.keys.set(caller, keys);
      return known.clients;
    }
    const current = new CurrentKeys(caller, keys);
    const clients = awsClients({ ...settings, region }, () => current.get(), this.#times);
    this.#clients.set(key, { keys: current, clients });
    return clients;
  }

  /** The budget of a connection: connections that are known to call in one account and region share it. */
  async logCalls(connection: CallingConnection): Promise<CallBudget> {
    const { settings, account } = await this.#identity.caller(connection);
    return this.#budgets.of({
      caller: account() ?? `profile ${settings.profile ?? ""}`,
      region: settings.region,
      endpoint: settings.endpoint("cloudwatch_logs"),
    });
  }

  /** Forgets credentials that AWS refused, so that the next call gets others. */
  async noteFailure(connection: CallingConnection, failure: Failure): Promise<void> {
    if (keyRefusal(failure.name)) await this.#identity.drop(connection);
  }

  dispose(): void {
    for (const { clients } of this.#clients.values()) clients.destroy();
    this.#clients.clear();
  }
}

interface ReadyClients {
  keys: CurrentKeys;
  clients: Clients;
}

/** The credentials that clients sign with: those of the latest call, replaced if they expire during it. */
class CurrentKeys {
  #caller: Caller;
  #keys: AwsKeys;
  #since = Date.now();

  constructor(caller: Caller, keys: AwsKeys) {
    this.#caller = caller;
    this.#keys = keys;
  }

  set(caller: Caller, keys: AwsKeys): void {
    this.#caller = caller;
    this.#keys = keys;
    this.#since = Date.now();
  }

  async get(): Promise<AwsKeys> {
    const ends = this.#keys.expiration?.getTime() ?? Infinity;
    if (ends <= Date.now() && ends > this.#since)
      this.set(this.#caller, await this.#caller.credentials({ fresh: false }, NEVER));
    // the SDK marks the object that it is given
    return { ...this.#keys };
  }
}

/** Signing has no signal. */
const NEVER = new AbortController().signal;
