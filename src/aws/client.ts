import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { AwsConnection } from "../core/connection.ts";
import type { LocalAddress } from "../core/ports.ts";

/** How long a connection may take to be made, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 5_000;
/** Load balancers drop connections that are silent for 350 s; a synchronous call may be silent for 15 minutes. */
const KEEP_ALIVE_MS = 60_000;
/** A connection idle for longer is not used again: the other side may have dropped it, and a reset would leave the verdict unknown. */
const IDLE_MS = 15_000;

/** Asks the person for the one-time code of an MFA device. */
export type AskMfaCode = (device: string) => Promise<string>;

/** A pair of clients at one connection: what invokes sends once, what reads keeps the SDK's retries. */
export interface Clients {
  invoker: LambdaClient;
  reader: LambdaClient;
  destroy(): void;
}

type ClientOptions = ConstructorParameters<typeof LambdaClient>[0];

/** Clients for a profile in a region, with credentials as the AWS CLI finds them (SDK: fromNodeProviderChain). */
export function awsClients(
  connection: AwsConnection,
  askMfaCode: AskMfaCode,
  connectTimeoutMs: number,
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
    connectTimeoutMs,
  );
}

/** Clients for the local Lambda service: the same, with its address and its key pair. */
export function localClients(address: LocalAddress, connectTimeoutMs: number): Clients {
  const { endpoint, region, credentials } = address;
  return clients({ endpoint, region, credentials }, connectTimeoutMs);
}

function clients(options: ClientOptions, connectTimeoutMs: number): Clients {
  const invoker = new LambdaClient({ ...options, maxAttempts: 1, requestHandler: handler(connectTimeoutMs) });
  const reader = new LambdaClient({ ...options, requestHandler: handler(connectTimeoutMs) });
  return {
    invoker,
    reader,
    destroy: () => {
      invoker.destroy();
      reader.destroy();
    },
  };
}

/** No request timeout: the deadline is ours, by `AbortSignal`, and an answer may take 15 minutes. */
function handler(connectionTimeout: number): NodeHttpHandler {
  const agent = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS, maxSockets: Infinity, timeout: IDLE_MS };
  return new NodeHttpHandler({
    connectionTimeout,
    requestTimeout: 0,
    socketTimeout: 0,
    httpAgent: new HttpAgent(agent),
    httpsAgent: new HttpsAgent(agent),
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
    /^127\./.test(hostname)
  );
}
