import { createGateway, type GatewayOptions } from "../../../src/aws/gateway.ts";
import { LogCallBudgets } from "../../../src/core/invocation/logCallBudget.ts";
import type { InvocationRecord } from "../../../src/core/invocation/record.ts";
import { machineClock } from "../../../src/workbench/clock.ts";
import { invoke, requestOf, type TestRequest } from "../../support/invocations.ts";
import { TestClock } from "./testClock.ts";

/** A gateway whose local service is at that endpoint; dispose of it after use. */
export function gatewayTo(
  endpoint: string,
  options: Partial<GatewayOptions> = {},
): ReturnType<typeof createGateway> & Disposable {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
  const gateway = createGateway({
    logCalls: new LogCallBudgets(machineClock),
    local: { address: () => Promise.resolve({ endpoint, region: "eu-central-1", credentials }) },
    askMfaCode: () => Promise.reject(new Error("no device")),
    environment: {},
    ...options,
  });
  return { ...gateway, [Symbol.dispose]: () => gateway.dispose() };
}

/** Invokes a function of the local service at that endpoint, with a gateway of its own. */
export async function invokeAt(
  endpoint: string,
  request: Partial<TestRequest> = {},
  { clock = new TestClock(), signal = new AbortController().signal, ...options }: InvokeOptions = {},
): Promise<InvocationRecord> {
  using gateway = gatewayTo(endpoint, options);
  const api = await gateway.open({ kind: "local", name: "Local" }, signal);
  return await invoke(requestOf(request), api, clock, signal);
}

export interface InvokeOptions extends Partial<GatewayOptions> {
  clock?: TestClock;
  signal?: AbortSignal;
}
