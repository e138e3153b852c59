import { createGateway, type GatewayOptions } from "../../../src/aws/gateway.ts";
import { type InvocationRequest, invoke } from "../../../src/core/invocation/run.ts";
import type { InvocationRecord } from "../../../src/core/invocation/record.ts";
import { TestClock } from "./testClock.ts";

export const REQUEST: InvocationRequest = {
  function: { name: "order" },
  connection: "Local",
  mode: "RequestResponse",
  payload: '{"a":1}',
  timeoutSeconds: 3,
  logTail: true,
};

/** A gateway whose local service is at that endpoint; dispose of it after use. */
export function gatewayTo(
  endpoint: string,
  options: Partial<GatewayOptions> = {},
): ReturnType<typeof createGateway> & Disposable {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
  const gateway = createGateway({
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
  request: Partial<InvocationRequest> = {},
  { clock = new TestClock(), signal = new AbortController().signal, ...options }: InvokeOptions = {},
): Promise<InvocationRecord> {
  using gateway = gatewayTo(endpoint, options);
  const api = await gateway.open({ kind: "local", name: "Local" }, signal);
  return await invoke({ ...REQUEST, ...request }, api, clock, signal);
}

export interface InvokeOptions extends Partial<GatewayOptions> {
  clock?: TestClock;
  signal?: AbortSignal;
}
