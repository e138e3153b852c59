import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { AwsConnection } from "../core/connection.ts";
import type { LocalAddress } from "../core/ports.ts";
import { ConnectionWatch, WatchedHttpAgent, WatchedHttpsAgent } from "./agents.ts";

/** How long a connection may take to be made, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Load balancers drop connections that are silent for 350 s; a synchronous call may be silent for 15 minutes. */
const KEEP_ALIVE_MS = 60_000;
/** A connection idle for longer is not used again: the other side may have dropped it, and a reset would leave the verdict unknown. */
const IDLE_MS = 15_000;

/** The times of a connection, in milliseconds; the defaults are `CONNECT_TIMEOUT_MS` and `IDLE_MS`. */
export interface ConnectionTimes {
  connectTimeoutMs?: number;
  idleMs?: number;
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
  askMfaCode: AskMfaCode,
  times: ConnectionTimes,
): Clients {
  const { profile, region, endpoint } = connection;
  const chain = fromNodeProviderChain({
    ignoreCache: true,
    mfaCodeProvider: askMfaCode,
    ...(profile === undefined ? {} : { profile }),
  });
  return clients(
    {
      credentials: endpoint !== undefined && isLoopback(endpoint) ? orTestKeys(chain) : chain,
      ...(profile === undefined ? {} : { profile }),
      ...(region === undefined ? {} : { region }),
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
  const invoker = new LambdaClient({ ...options, maxAttempts: 1, requestHandler: handler(times, watch) });
  const reader = new LambdaClient({ ...options, requestHandler: handler(times, new ConnectionWatch()) });
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

/** No request timeout: the deadline is ours, by `AbortSignal`, and an answer may take 15 minutes. */
function handler(times: ConnectionTimes, watch: ConnectionWatch): NodeHttpHandler {
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS, idleMs = IDLE_MS } = times;
  const agent = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS, maxSockets: Infinity, timeout: idleMs };
  return new NodeHttpHandler({
    connectionTimeout: connectTimeoutMs,
    requestTimeout: 0,
    socketTimeout: 0,
    httpAgent: new WatchedHttpAgent(agent, watch),
    httpsAgent: new WatchedHttpsAgent(agent, watch),
  });
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
