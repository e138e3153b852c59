import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { AwsConnection } from "../core/connections/connection.ts";
import type { LocalAddress } from "@lambda-invoke/local/contract/service.ts";
import { ConnectionWatch, WatchedHttpAgent, WatchedHttpsAgent } from "./agents.ts";
import { findRegion } from "./profiles.ts";

/** How long a connection may take to be made, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Load balancers drop connections that are silent for 350 s; a synchronous call may be silent for 15 minutes. */
const KEEP_ALIVE_MS = 60_000;
/** A connection idle for longer is not used again: the other side may have dropped it, and a reset would leave the verdict unknown. */
const IDLE_MS = 15_000;

/** How long one answer to a read may take, in milliseconds; the SDK asks three times. */
const READ_MS = 20_000;

/** The times of a connection, in milliseconds; the defaults are `CONNECT_TIMEOUT_MS`, `IDLE_MS` and `READ_MS`. */
export interface ConnectionTimes {
  connectTimeoutMs?: number;
  idleMs?: number;
  readMs?: number;
}

/** Asks the person for the one-time code of an MFA device. */
export type AskMfaCode = (device: string) => Promise<string>;

/** A pair of clients at one connection: what invokes sends once, what reads keeps the SDK's retries. */
export interface Clients {
  invoker: LambdaClient;
  /** Watches the connections that the invoker makes. */
  watch: ConnectionWatch;
  reader: LambdaClient;
  /** The logs' client; its part of the SDK is loaded by the first call. */
  logs(): Promise<CloudWatchLogsClient>;
  destroy(): void;
}

type ClientOptions = NonNullable<
  ConstructorParameters<typeof LambdaClient>[0] & ConstructorParameters<typeof CloudWatchLogsClient>[0]
>;

/** Clients for a profile in a region, with credentials as the AWS CLI finds them (SDK: fromNodeProviderChain). */
export function awsClients(
  connection: AwsConnection,
  {
    askMfaCode,
    environment,
    ...times
  }: ConnectionTimes & {
    askMfaCode: AskMfaCode;
    environment: NodeJS.ProcessEnv;
  },
): Clients {
  const { profile, endpoint } = connection;
  const chain = fromNodeProviderChain({
    ignoreCache: true,
    mfaCodeProvider: askMfaCode,
    ...(profile === undefined ? {} : { profile }),
  });
  return clients(
    {
      credentials: endpoint !== undefined && isLoopback(endpoint) ? orTestKeys(chain) : chain,
      ...(profile === undefined ? {} : { profile }),
      region: connection.region ?? keepOnceFound(() => findRegion(profile, environment)),
      ...(endpoint === undefined ? {} : { endpoint }),
    },
    times,
  );
}

/** Clients for the local Lambda service: the same, with its address and its key pair. */
export function localClients(address: LocalAddress, times: ConnectionTimes): Clients {
  const { endpoint, region, credentials } = address;
  // the SDK marks the object that it is given, and this one is the caller's
  return clients({ endpoint, region, credentials: { ...credentials } }, times);
}

function clients(options: ClientOptions, times: ConnectionTimes): Clients {
  const watch = new ConnectionWatch();
  // no timeout where it invokes: the deadline is ours, by `AbortSignal`, and an answer may take 15 minutes
  const invoking = handler(times, watch, 0);
  const reading = handler(times, new ConnectionWatch(), times.readMs ?? READ_MS);
  const invoker = new LambdaClient({ ...options, maxAttempts: 1, requestHandler: invoking });
  const reader = new LambdaClient({ ...options, requestHandler: reading });
  let logs: Promise<CloudWatchLogsClient> | undefined;
  return {
    invoker,
    watch,
    reader,
    logs: () => (logs ??= import("./logs.ts").then(({ logsClient }) => logsClient(options))),
    destroy: () => {
      invoker.destroy();
      reader.destroy();
      void logs?.then((client) => client.destroy());
    },
  };
}

/** `requestTimeout` of 0 is none. */
function handler(times: ConnectionTimes, watch: ConnectionWatch, requestTimeout: number): NodeHttpHandler {
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS, idleMs = IDLE_MS } = times;
  const agent = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS, maxSockets: Infinity, timeout: idleMs };
  return new NodeHttpHandler({
    connectionTimeout: connectTimeoutMs,
    requestTimeout,
    throwOnRequestTimeout: true,
    socketTimeout: 0,
    httpAgent: new WatchedHttpAgent(agent, watch),
    httpsAgent: new WatchedHttpsAgent(agent, watch),
  });
}

/** The SDK asks for the region several times a call. */
function keepOnceFound<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return async () => {
    found ??= find();
    try {
      return await found;
    } catch (error) {
      found = undefined;
      throw error;
    }
  };
}

type Provider = ReturnType<typeof fromNodeProviderChain>;

/** Emulators on this machine take any key pair; a person who has none gets the one their documentation uses. */
function orTestKeys(chain: Provider): Provider {
  return async (options) => {
    try {
      return await chain(options);
    } catch {
      return { accessKeyId: "test", secretAccessKey: "test" };
    }
  };
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
