import type { PriceFactors } from "../figures/estimateCost.ts";
import type { GuardPass } from "./guardPass.ts";
import type { InvocationSpec } from "./invocationSpec.ts";

/** An invocation to be made. */
export interface InvocationRequest {
  /** The guard's leave to send it. */
  pass: GuardPass;
  spec: InvocationSpec;
  /** The function's own timeout in seconds; by default, Lambda's longest. */
  timeoutSeconds?: number | undefined;
  logTail: boolean;
  /** What the price of an execution depends on; without it, there's no estimate. */
  price?: PriceFactors | undefined;
}
