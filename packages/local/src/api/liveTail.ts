import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type {
  LiveTailSessionLogEvent,
  LiveTailSessionStart,
  LiveTailSessionUpdate,
} from "@aws-sdk/client-cloudwatch-logs";
import type { ApiResponse } from "../http/request.ts";
import { filterPattern } from "../logs/filter.ts";
import type { LogStore, StoredLogEvent } from "../logs/logStore.ts";
import { ApiError } from "../model/errors.ts";
import { EventFramer, EVENT_STREAM_TYPE } from "./eventStream.ts";
import { groupInArn, invalidInput, logGroupArn, type LogInput } from "./logInput.ts";

interface LiveTailBackend {
  logs: LogStore;
  groups: ReadonlySet<string>;
  requestId: string;
}

/** Source: StartLiveTail in the CloudWatch Logs API reference. */
const limits = { groups: 10, linesPerUpdate: 500, updateMs: 1000, sessionMs: 3 * 60 * 60 * 1000 };

interface TailFilter {
  groups: readonly string[];
  matches: (group: string, line: StoredLogEvent) => boolean;
}

/** Handles StartLiveTail: streams new lines until the client disconnects, at most for three hours. */
export function startLiveTail(input: LogInput, backend: LiveTailBackend, signal: AbortSignal): ApiResponse {
  const filter = parseFilter(input, backend.groups);
  const started: LiveTailSessionStart = {
    requestId: backend.requestId,
    sessionId: randomUUID(),
    logGroupIdentifiers: filter.groups.map(logGroupArn),
    logStreamNames: [...(input.strings("logStreamNames") ?? [])],
    logStreamNamePrefixes: [...(input.strings("logStreamNamePrefixes") ?? [])],
    logEventFilterPattern: input.string("logEventFilterPattern") ?? "",
  };
  return {
    status: 200,
    headers: { "content-type": EVENT_STREAM_TYPE },
    body: session(started, new Tail(filter, backend.logs, signal)),
  };
}

function parseFilter(input: LogInput, groups: ReadonlySet<string>): TailFilter {
  const names = (input.strings("logGroupIdentifiers") ?? []).map(groupInArn);
  if (names.length < 1 || names.length > limits.groups)
    throw invalidInput(`logGroupIdentifiers must name 1 to ${limits.groups} log groups.`);
  const missing = names.find((name) => !groups.has(name));
  if (missing !== undefined)
    throw new ApiError(
      "ResourceNotFoundException",
      400,
      `The specified log group does not exist: ${missing}`,
    );
  const [streams, prefixes] = [input.strings("logStreamNames"), input.strings("logStreamNamePrefixes")];
  if (streams?.length && prefixes?.length)
    throw invalidInput("logStreamNames and logStreamNamePrefixes are mutually exclusive parameters.");
  const matches = filterPattern(input.string("logEventFilterPattern") ?? "");
  const inStream = (name: string) =>
    (!streams?.length || streams.includes(name)) &&
    (!prefixes?.length || prefixes.some((prefix) => name.startsWith(prefix)));
  return {
    groups: names,
    matches: (group, line) => names.includes(group) && inStream(line.stream) && matches(line.message),
  };
}

async function* session(started: LiveTailSessionStart, tail: Tail): AsyncGenerator<Uint8Array> {
  const framer = new EventFramer();
  try {
    // In an RPC protocol, the first event carries the response's other members, of which there are none.
    yield framer.json("initial-response", {}, "application/x-amz-json-1.1");
    yield framer.json("sessionStart", started);
    for (let update = await tail.next(); update; update = await tail.next())
      yield framer.json("sessionUpdate", update);
    yield framer.exception("SessionTimeoutException", "The session ended after three hours.");
  } finally {
    tail.stop();
  }
}

/** The lines of a session since the last update. */
class Tail {
  readonly #endsAt = performance.now() + limits.sessionMs;
  readonly #gone: AbortSignal;
  readonly #arrived = new EventTarget();
  readonly #unwatch: () => void;
  #lines: LiveTailSessionLogEvent[] = [];
  #sampled = false;

  constructor(filter: TailFilter, logs: LogStore, gone: AbortSignal) {
    this.#gone = gone;
    this.#unwatch = logs.watch((group, line) => {
      if (filter.matches(group, line)) this.#add(group, line);
    });
    gone.addEventListener("abort", this.#unwatch);
    if (gone.aborted) this.#unwatch();
  }

  /** The new lines, or an empty update after a second without any. Undefined when the session is over. */
  async next(): Promise<LiveTailSessionUpdate | undefined> {
    if (this.#lines.length === 0) await this.#wait();
    if (this.#gone.aborted || performance.now() > this.#endsAt) return undefined;
    const update = { sessionMetadata: { sampled: this.#sampled }, sessionResults: this.#lines };
    this.#lines = [];
    this.#sampled = false;
    return update;
  }

  stop(): void {
    this.#unwatch();
  }

  /** As on AWS, drops lines that exceed the limit of an update. */
  #add(group: string, line: StoredLogEvent): void {
    this.#sampled ||= this.#lines.length >= limits.linesPerUpdate;
    if (this.#lines.length >= limits.linesPerUpdate) return;
    const { stream: logStreamName, message, timestamp } = line;
    const logGroupIdentifier = logGroupArn(group);
    this.#lines.push({ logStreamName, logGroupIdentifier, message, timestamp, ingestionTime: timestamp });
    this.#arrived.dispatchEvent(new Event("line"));
  }

  async #wait(): Promise<void> {
    const signal = AbortSignal.any([this.#gone, AbortSignal.timeout(limits.updateMs)]);
    await once(this.#arrived, "line", { signal }).catch(() => {});
  }
}
