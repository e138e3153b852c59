import { EventStreamCodec } from "@smithy/core/event-streams";

/** The content type of an answer that is a stream of events. */
export const eventStreamType = "application/vnd.amazon.eventstream";

/** Frames the events of one answer. Source: "Amazon event stream specification" of Smithy. */
export class EventFramer {
  readonly #codec = new EventStreamCodec(
    (bytes) => Buffer.from(bytes).toString(),
    (text) => Buffer.from(text),
  );

  /** An event whose payload is bytes. */
  bytes(type: string, body: Uint8Array): Uint8Array {
    return this.#frame({ ":message-type": "event", ":event-type": type }, "application/octet-stream", body);
  }

  /** An event whose members are JSON. */
  json(type: string, members: object, contentType = "application/json"): Uint8Array {
    const body = Buffer.from(JSON.stringify(members));
    return this.#frame({ ":message-type": "event", ":event-type": type }, contentType, body);
  }

  /** An error of the model, in the middle of a stream. */
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
