import type { Connection } from "../connections/connection.ts";
import type { InvocationSpec, InvokedFunction, InvocationMode } from "./invocationSpec.ts";

/** What is to be invoked, where, how and how often. */
export interface GuardedCall {
  function: InvokedFunction;
  /** Where the calls go. */
  connection: Connection;
  mode: InvocationMode;
  /** The number of events. */
  events: number;
}

declare const issuedByGuard: unique symbol;

/**
 * The guard's leave to send some events to one function. Nothing is sent without one, and only a guard issues them:
 * every request that leads to `LambdaApi.send` carries it in its type, and `run` takes it back.
 */
export interface GuardPass extends Readonly<GuardedCall> {
  readonly [issuedByGuard]: true;
}

/** What decides whether an invocation may be made; it may ask the person. */
export type DecideOnCall = (call: GuardedCall) => Promise<boolean>;

/** Asks for leave; `undefined` if it isn't given. */
export type IssuePass = (call: GuardedCall) => Promise<GuardPass | undefined>;

/** How many events each pass is still good for. */
const leftOf = new WeakMap<GuardPass, number>();

/** The only source of passes. `decide` is the guard's; what it rejects with reaches the caller, without a pass. */
export function passesOf(decide: DecideOnCall): IssuePass {
  return async (asked) => {
    // A copy, so that nothing can be changed between the decision and the call.
    const call = {
      function: Object.freeze({ ...asked.function }),
      connection: Object.freeze({ ...asked.connection }),
      mode: asked.mode,
      events: asked.events,
    };
    if (!(await decide(call))) return undefined;
    const pass = Object.freeze(call) as GuardPass;
    leftOf.set(pass, call.events);
    return pass;
  };
}

/** Takes a pass back for one event. Throws if it was issued for something else, or has been used up. */
export function redeem(pass: GuardPass, spec: InvocationSpec): void {
  const { name, arn, qualifier } = pass.function;
  const left = leftOf.get(pass) ?? 0;
  const isForThis =
    spec.function.name === name &&
    spec.function.arn === arn &&
    spec.function.qualifier === qualifier &&
    spec.connection === pass.connection.name &&
    spec.mode === pass.mode;
  if (left < 1 || !isForThis)
    throw new Error(
      `The guard wasn't asked about this invocation of ${spec.function.name}. Nothing was sent.`,
    );
  leftOf.set(pass, left - 1);
}
