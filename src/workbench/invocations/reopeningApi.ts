import type { Connection } from "../../core/connections/connection.ts";
import type { LambdaApi, LambdaGateway, OpenOptions } from "../../core/ports.ts";

/** What opening an API anew needs. */
export interface ReopeningParts {
  gateway: Pick<LambdaGateway, "open">;
  /** The connection that has a name now. */
  connection(name: string): Promise<Connection | undefined>;
}

/** The reads that following an event or a log takes. */
export type ReadingApi = Pick<
  LambdaApi,
  "searchLog" | "readLog" | "liveTail" | "eventPolicy" | "logGroup" | "logGroupFacts"
>;

/** An API, and a string that is the same for all that go to the same place in the same way. */
export interface OpenPlace {
  place: string;
  api: ReadingApi;
}

/** A connection isn't there any more, or leads elsewhere. */
export class ConnectionGone extends Error {
  override readonly name = "ConnectionGone";
}

/**
 * The API at the place where a connection leads now, opened for each call: Local may have started again, at another port.
 * Once the connection is gone, or leads elsewhere, each call rejects with `ConnectionGone`.
 */
export async function reopeningApi(
  name: string,
  parts: ReopeningParts,
  options: OpenOptions = {},
): Promise<OpenPlace> {
  const place = placeOf(await parts.connection(name));
  const open = async (signal: AbortSignal): Promise<LambdaApi> => {
    const current = await parts.connection(name);
    // Another connection may have the name by now.
    if (!current || placeOf(current) !== place) throw new ConnectionGone(name);
    return parts.gateway.open(current, signal, options);
  };
  const api: ReadingApi = {
    searchLog: async (query, signal) => (await open(signal)).searchLog(query, signal),
    readLog: async function* (query, signal) {
      yield* (await open(signal)).readLog(query, signal);
    },
    liveTail: async function* (logGroupArn, signal) {
      yield* (await open(signal)).liveTail(logGroupArn, signal);
    },
    logGroupFacts: async (logGroup, signal) => (await open(signal)).logGroupFacts(logGroup, signal),
    eventPolicy: async (fn, signal) => (await open(signal)).eventPolicy(fn, signal),
    logGroup: async (fn, signal) => (await open(signal)).logGroup(fn, signal),
  };
  return { place: JSON.stringify([place, options]), api };
}

/** A connection as a string, which is the same as long as its calls go to the same place. */
function placeOf(connection: Connection | undefined): string {
  return JSON.stringify({ ...connection });
}
