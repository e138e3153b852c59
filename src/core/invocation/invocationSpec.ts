export const INVOCATION_MODES = ["RequestResponse", "Event", "DryRun", "ResponseStream"] as const;

/** How Lambda is asked to run a function: an `InvocationType`, or a streamed response. */
export type InvocationMode = (typeof INVOCATION_MODES)[number];

/** A function as an invocation names it. */
export interface InvokedFunction {
  name: string;
  arn?: string;
  /** A version or an alias. */
  qualifier?: string;
}

/** JSON as it leaves, and its length in UTF-8. */
export interface Payload {
  text: string;
  bytes: number;
}

/** What is invoked, where, how and with what: the part that a request, its call and its record have in common. */
export interface InvocationSpec {
  function: InvokedFunction;
  /** The connection's name. */
  connection: string;
  mode: InvocationMode;
  payload: Payload;
  /** Where the payload was taken from, for a person: `selection, lines 3 to 9 of order.json`. */
  origin?: string | undefined;
  /** Given to the function as `context.clientContext`; not for asynchronous ones. */
  clientContext?: object;
  tenantId?: string;
  /** The name of the durable execution, which no other invocation has; only where the function is a durable one. */
  durableExecutionName?: string;
}
