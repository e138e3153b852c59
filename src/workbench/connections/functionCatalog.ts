import { type Disposable, type Event, EventEmitter, workspace } from "vscode";
import { SETTINGS } from "../../contributions.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import type { AwsConnection, Connection } from "../../core/connections/connection.ts";
import { LOCAL } from "../../core/connections/connections.ts";
import type { FunctionSummary } from "../../core/functions/functionSummary.ts";
import { FunctionList } from "../../core/functions/functionList.ts";
import type { LambdaApi, LambdaGateway } from "../../core/ports.ts";
import { DisposableStore } from "../disposables.ts";
import { isLocalAvailable } from "../local/localAvailability.ts";
import type { Settings } from "../settings.ts";

/** A connection and what is known of its functions. */
export interface ConnectionFunctions {
  connection: Connection;
  list: FunctionList;
  /** True where the connection stands in the settings and can be removed there. */
  configured: boolean;
}

/** The connections of this window and their functions; what a changed setting drops is forgotten at once. */
export class FunctionCatalog implements Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new EventEmitter<ConnectionFunctions | undefined>());
  readonly #settings: Settings;
  readonly #gateway: Pick<LambdaGateway, "open" | "defaultProfile">;
  readonly #clock: Clock;
  #connections = new Map<string, ConnectionFunctions>();
  #current: Promise<readonly ConnectionFunctions[]> | undefined;
  #resets = 0;

  /** Fires with the entry whose functions changed, or with nothing where the connections did. */
  readonly onDidChange: Event<ConnectionFunctions | undefined> = this.#changed.event;

  constructor(settings: Settings, gateway: Pick<LambdaGateway, "open" | "defaultProfile">, clock: Clock) {
    this.#settings = settings;
    this.#gateway = gateway;
    this.#clock = clock;
    const reset = (): void => this.reset();
    this.#store.add(settings.onDidChange([SETTINGS.connections, SETTINGS.localEnabled], reset));
    this.#store.add(workspace.onDidChangeWorkspaceFolders(reset));
    this.#store.add(workspace.onDidGrantWorkspaceTrust(reset));
  }

  /** The connections; for the default one, this machine's AWS configuration is looked at. */
  connections(): Promise<readonly ConnectionFunctions[]> {
    this.#current ??= this.#build();
    return this.#current;
  }

  /** The connections as far as they are known without waiting. */
  get known(): readonly ConnectionFunctions[] {
    return [...this.#connections.values()];
  }

  /** The connection that has a name now. */
  async connection(name: string): Promise<Connection | undefined> {
    const found = (await this.connections()).find(({ connection }) => connection.name === name);
    return found?.connection;
  }

  /** What is known of a function, without asking anybody. */
  find(connection: string, nameOrArn: string): FunctionSummary | undefined {
    return this.#connections.get(connection)?.list.find(nameOrArn);
  }

  open(connection: Connection, signal: AbortSignal): Promise<LambdaApi> {
    return this.#gateway.open(connection, signal);
  }

  /** Looks at the settings and this machine's configuration anew; known functions of connections that stay are kept. */
  reset(): void {
    this.#current = undefined;
    this.#resets++;
    this.#changed.fire(undefined);
  }

  dispose(): void {
    for (const { list } of this.#connections.values()) list.stop();
    this.#store.dispose();
  }

  async #build(): Promise<readonly ConnectionFunctions[]> {
    const resets = this.#resets;
    const { connections } = this.#settings.connections();
    const configured = connections.length > 0;
    const aws = configured ? connections : await this.#defaults();
    // the settings have changed meanwhile: what they say now may be known already
    if (resets !== this.#resets) return this.connections();
    const wanted: readonly Connection[] = isLocalAvailable(this.#settings) ? [LOCAL, ...aws] : aws;
    const next = new Map<string, ConnectionFunctions>();
    for (const connection of wanted) {
      const kept = this.#connections.get(connection.name);
      const same = kept !== undefined && JSON.stringify(kept.connection) === JSON.stringify(connection);
      const isConfigured = configured && connection.kind === "aws";
      next.set(
        connection.name,
        same ? { ...kept, configured: isConfigured } : this.#entry(connection, isConfigured),
      );
    }
    for (const [name, { list }] of this.#connections) if (next.get(name)?.list !== list) list.stop();
    this.#connections = next;
    return [...next.values()];
  }

  #entry(connection: Connection, configured: boolean): ConnectionFunctions {
    // The last page and the end of the list, which come together, are one change.
    let told: NodeJS.Immediate | undefined;
    const changed = (): void => {
      told ??= setImmediate(() => {
        told = undefined;
        const entry = this.#connections.get(connection.name);
        if (entry?.list === list) this.#changed.fire(entry);
      });
    };
    const open = (signal: AbortSignal): Promise<LambdaApi> => this.#gateway.open(connection, signal);
    const list = new FunctionList(open, changed, this.#clock);
    return { connection, list, configured };
  }

  /** What the AWS CLI uses where nothing is said: keys of the environment come before the profile that AWS_PROFILE names. */
  async #defaults(): Promise<readonly AwsConnection[]> {
    const found = await this.#gateway.defaultProfile();
    if (!found) return [];
    const { name, region } = found;
    return [{ kind: "aws", name, region }];
  }
}
