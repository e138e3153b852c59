import { EventStreamCodec } from "@smithy/core/event-streams";

export const EVENT_STREAM_TYPE = "application/vnd.amazon.eventstream";

/** Encodes the events of one response. Source: "Amazon event stream specification" of Smithy. */
export class EventFramer {
  readonly #codec = new EventStreamCodec(
    (bytes) => Buffer.from(bytes).toString(),
    (text) => Buffer.from(text),
  );

  bytes(type: string, body: Uint8Array): Uint8Array {
    return this.#frame({ ":message-type": "event", ":event-type": type }, "application/octet-stream", body);
  }

  json(type: string, members: object, contentType = "application/json"): Uint8Array {
    const body = Buffer.from(JSON.stringify(members));
    return this.#frame({ ":message-type": "event", ":event-type": type }, contentType, body);
  }

  /** A modeled error in the middle of a stream. */
  exception(type: string, message: string): Uint8Array {
    const body = Buffer.from(JSON.stringify({ message }));
    return this.#frame({ ":message-type": "exception", ":exception-type": type }, "application/json", body);
  }

  #frame(headers: Readonly<Record<string, string>>, contentType: string, body: Uint8Array): Uint8Array {
    const all = Object.entries({ ...headers, ":content-type": contentType });
    const typed = all.map(([name, value]) => [name, { type: "string" as const, value }]);
    return this.#codec.encode({ headers: Object.fromEntries(typed), body });
  }
}
