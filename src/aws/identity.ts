import type { AwsConnection } from "../core/connections/connection.ts";
import { CredentialError, isCredentialError } from "../core/credentials/credentialFailures.ts";
import type { SettingsSource } from "./connectionSettings.ts";
import {
  type ConnectionSettings,
  connectionSettings,
  credentialPlanOf,
  credentialServices,
} from "./connectionSettings.ts";
import { type SharedConfig, SharedConfigFiles } from "./config/sharedConfig.ts";
import { type CredentialRequest, CredentialStore } from "./credentials/credentialStore.ts";
import { accountOf, type AwsKeys } from "./credentials/plan.ts";
import type { AskMfaCode } from "./mfa.ts";
import { readHandler } from "./transport.ts";

/** The part of a connection that determines who calls, and where. */
export type CallingConnection = Pick<AwsConnection, "profile" | "region" | "endpoint">;

/** How credentials are requested. */
export type CredentialUse = Pick<CredentialRequest, "fresh" | "unattended">;

/** Who calls, and where, by one look at this machine's files: what changes later is for the next call. */
export interface Caller {
  settings: ConnectionSettings;
  /** The account, as far as the settings tell. Throws a `CredentialError`. */
  account: () => string | undefined;
  /**
   * `fresh` runs a `credential_process` again that doesn't say how long its credentials last; `unattended` asks no person.
   * Rejects with a `CredentialError`, or with the signal's reason.
   */
  credentials: (use: CredentialUse, signal: AbortSignal) => Promise<AwsKeys>;
}

/** Determines callers from this machine's files and environment. */
export class Identity {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #files: SharedConfigFiles;
  readonly #store: CredentialStore;

  constructor(environment: NodeJS.ProcessEnv, askMfaCode: AskMfaCode) {
    this.#environment = environment;
    this.#files = new SharedConfigFiles(environment);
    this.#store = new CredentialStore(environment, askMfaCode);
  }

  /** The shared AWS files as they are now. Rejects with a `CredentialError`. */
  config(): Promise<SharedConfig> {
    return this.#files.read();
  }

  /** The caller of a connection as of now. Rejects with a `CredentialError`. */
  async caller(connection: CallingConnection): Promise<Caller> {
    const look = await this.#look(connection);
    return {
      settings: look.settings,
      account: () => accountOf(credentialPlanOf(connection, look.source)),
      credentials: (use, signal) => this.#credentials(look, use, signal),
    };
  }

  /** Forgets credentials that AWS refused. */
  async drop(connection: CallingConnection): Promise<void> {
    const look = await this.#look(connection).catch(() => undefined);
    if (look) await this.#store.drop({ ...requestOf(look), fresh: true });
  }

  async #credentials(look: Look, use: CredentialUse, signal: AbortSignal): Promise<AwsKeys> {
    const { connection } = look;
    try {
      return await this.#store.get({ ...requestOf(look), ...use }, signal);
    } catch (error) {
      if (takesTestKeys(connection) && isCredentialError(error)) return TEST_KEYS;
      throw withoutMachine(connection, error);
    }
  }

  async #look(connection: CallingConnection): Promise<Look> {
    const source = { config: await this.#files.read(), environment: this.#environment };
    return { connection, source, settings: await connectionSettings(connection, source) };
  }
}

/** What one look at the files shows of a connection. */
interface Look {
  connection: CallingConnection;
  source: SettingsSource;
  settings: ConnectionSettings;
}

function requestOf({ connection, source, settings }: Look): Omit<CredentialRequest, keyof CredentialUse> {
  return {
    plan: credentialPlanOf(connection, source),
    profile: settings.profile,
    services: credentialServices(connection, source, settings, readHandler),
  };
}

/** A machine without any AWS configuration isn't treated as an EC2 instance. */
function withoutMachine({ profile }: CallingConnection, error: unknown): unknown {
  if (!isCredentialError(error)) return error;
  const { failure } = error;
  const isInstance = failure.reason === "machineRoleUnavailable" && failure.machine === "instance";
  if (!isInstance || failure.profile !== undefined) return error;
  return new CredentialError({ reason: "noCredentials", profile }, { cause: error });
}

/** Emulators on this machine accept any key pair, such as the one in their documentation. */
const TEST_KEYS: AwsKeys = { accessKeyId: "test", secretAccessKey: "test" };

/** A named profile's own credentials are used, also for an endpoint on this machine. */
function takesTestKeys({ endpoint, profile }: CallingConnection): boolean {
  return profile === undefined && endpoint !== undefined && isLoopback(endpoint);
}

function isLoopback(endpoint: string): boolean {
  const { hostname } = new URL(endpoint);
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    hostname.startsWith("127.")
  );
}
