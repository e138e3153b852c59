import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { describe, it } from "mocha";
import type { ProblemFix } from "../src/contract/state.ts";
import { LocalServiceError } from "../src/contract/serviceError.ts";
import { ConnectionClosed, Rpc, type Peer } from "../src/rpc.ts";

interface Left {
  ask(question: string): string;
}
interface Right {
  double(value: number): number;
  fail(fix: ProblemFix | undefined): never;
  wait(params: undefined): void;
  note(text: string): void;
}

/** Two ends of a JSON channel, as between two processes. */
function connect(): { left: Rpc<Right, Left>; right: Rpc<Left, Right> } {
  const emitters = [new EventEmitter(), new EventEmitter()] as const;
  const peer = (own: EventEmitter, other: EventEmitter): Peer => ({
    connected: true,
    on: (event, listener) => own.on(event, listener),
    send: (message) =>
      setImmediate(() => other.emit("message", JSON.parse(JSON.stringify(message)))) !== null,
  });
  return {
    left: new Rpc<Right, Left>(peer(emitters[0], emitters[1])),
    right: new Rpc<Left, Right>(peer(emitters[1], emitters[0])),
  };
}

describe("local: calls between the launcher and the service", () => {
  it("return the result of each request, in both directions", async () => {
    const { left, right } = connect();
    right.handle("double", async (value) => value * 2 + Number(await right.request("ask", String(value))));
    left.handle("ask", (question) => `${question}00`);
    const results = await Promise.all([1, 2, 3].map((value) => left.request("double", value)));
    assert.deepEqual(results, [102, 204, 306]);
  });

  it("pass on an error with its message and what solves it", async () => {
    const { left, right } = connect();
    right.handle("fail", (fix) => {
      throw Object.assign(new Error("It failed."), { fix });
    });
    for (const fix of [{ command: "npm install" }, undefined]) {
      const error = await left.request("fail", fix).catch((thrown: unknown) => thrown);
      assert.ok(error instanceof LocalServiceError);
      assert.deepEqual([error.message, error.fix], ["It failed.", fix]);
    }
  });

  it("refuse a method without a handler", async () => {
    await assert.rejects(connect().left.request("double", 1), /The method double isn't available/);
  });

  it("abort on both sides at the caller's signal", async () => {
    const { left, right } = connect();
    const started = Promise.withResolvers<AbortSignal>();
    right.handle("wait", async (_, signal) => {
      started.resolve(signal);
      await once(signal, "abort");
    });
    const caller = new AbortController();
    const call = left.request("wait", undefined, caller.signal);
    const signal = await started.promise;
    caller.abort();
    await assert.rejects(call, { name: "AbortError" });
    if (!signal.aborted) await once(signal, "abort");
    await assert.rejects(left.request("wait", undefined, caller.signal), { name: "AbortError" });
  });

  it("reject pending and later requests when the other side ends", async () => {
    const { left, right } = connect();
    right.handle("wait", () => new Promise<void>(() => {}));
    const waiting = left.request("wait", undefined);
    left.close("it ended with code 3");
    await assert.rejects(waiting, new ConnectionClosed("it ended with code 3"));
    await assert.rejects(left.request("double", 1), ConnectionClosed);
  });

  it("deliver a notification without a result", async () => {
    const { left, right } = connect();
    const received = new Promise<string>((resolve) => right.handle("note", resolve));
    left.notify("note", "hello");
    assert.equal(await received, "hello");
  });
});
