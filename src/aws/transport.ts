import type { NodeHttpHandler } from "@smithy/node-http-handler";
import { ConnectionWatch, WatchedHttpAgent, WatchedHttpsAgent } from "./agents.ts";
import { StrictHandler } from "./strictHandler.ts";

/** How long a connection may take to be made, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Load balancers drop connections that are silent for 350 s; a synchronous call may be silent for 15 minutes. */
const KEEP_ALIVE_MS = 60_000;
/** A connection idle for longer is not used again: the other side may have dropped it, and a reset would leave the verdict unknown. */
const IDLE_MS = 15_000;
/** How long a response to a read may take, in milliseconds; the SDK tries three times. */
const READ_MS = 20_000;

/** Source: Invoke of the Lambda API reference, `StatusCode`. */
const INVOKE_SUCCESSES = [200, 202, 204];

/** The times of a connection, in milliseconds; the defaults are `CONNECT_TIMEOUT_MS`, `IDLE_MS` and `READ_MS`. */
export interface ConnectionTimes {
  connectTimeoutMs?: number | undefined;
  idleMs?: number | undefined;
  readMs?: number | undefined;
}

/** The HTTP handler for invocations, which have no time limit but a deadline. */
export function invokeHandler(
  times: ConnectionTimes,
  watch: ConnectionWatch,
  certificates: string | undefined,
): NodeHttpHandler {
  return handler({ times, watch, requestTimeout: 0, certificates, successes: INVOKE_SUCCESSES });
}

/** The HTTP handler for reads from Lambda and the services that issue credentials. */
export function readHandler(certificates: string | undefined, times: ConnectionTimes = {}): NodeHttpHandler {
  const requestTimeout = times.readMs ?? READ_MS;
  return handler({ times, watch: new ConnectionWatch(), requestTimeout, certificates, successes: [200] });
}

interface HandlerParts {
  times: ConnectionTimes;
  watch: ConnectionWatch;
  /** 0 means no limit. */
  requestTimeout: number;
  /** PEM authorities that are trusted instead of this machine's. */
  certificates: string | undefined;
  /** The statuses below 300 that the API answers with. */
  successes: readonly number[];
}

function handler({ times, watch, requestTimeout, certificates, successes }: HandlerParts): NodeHttpHandler {
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS, idleMs = IDLE_MS } = times;
  const agent = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS, maxSockets: Infinity, timeout: idleMs };
  const trust = certificates === undefined ? {} : { ca: certificates };
  const options = {
    connectionTimeout: connectTimeoutMs,
    requestTimeout,
    throwOnRequestTimeout: true,
    socketTimeout: 0,
    httpAgent: new WatchedHttpAgent(agent, watch),
    httpsAgent: new WatchedHttpsAgent({ ...agent, ...trust }, watch),
  };
  return new StrictHandler(options, successes);
}
