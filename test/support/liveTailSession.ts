import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { EventFramer } from "../../packages/local/src/api/eventStream.ts";
import { EVENT_STREAM_HEADERS } from "./eventStream.ts";

const JSON_TYPE = "application/x-amz-json-1.1";

/** A line as Live Tail sends it. */
export interface LiveLine {
  message: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
  stream?: string;
}

/** A Live Tail session, as CloudWatch Logs frames it. It has begun once it's there. */
export class LiveTailSession {
  /** What was asked for. */
  readonly input: Record<string, unknown>;
  readonly #framer = new EventFramer();
  readonly #response: ServerResponse;

  constructor(input: Record<string, unknown>, response: ServerResponse) {
    this.input = input;
    this.#response = response;
    response.writeHead(200, EVENT_STREAM_HEADERS);
    this.#send("initial-response", {});
    this.#send("sessionStart", { sessionId: "1", ...input });
  }

  get isOpen(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded;
  }

  /** Sends what was logged in a second. */
  update(lines: readonly LiveLine[], sampled = false): void {
    const sessionResults = lines.map(({ message, stream = "stream", timestamp }) => ({
      logStreamName: stream,
      message,
      timestamp,
      ingestionTime: timestamp,
    }));
    this.#send("sessionUpdate", { sessionMetadata: { sampled }, sessionResults });
  }

  /** Ends it with an error, such as that its time is over. */
  end(type: "SessionTimeoutException" | "SessionStreamingException"): void {
    this.#response.end(this.#framer.exception(type, `It was ${type}.`));
  }

  /** Breaks the connection. */
  cut(): void {
    this.#response.destroy();
  }

  /** Resolves once the client has closed it. */
  async closed(): Promise<void> {
    if (!this.#response.destroyed) await once(this.#response, "close");
  }

  #send(type: string, members: object): void {
    this.#response.write(this.#framer.json(type, members, JSON_TYPE));
  }
}
