import { encodeClientContext } from "../invocation/clientContext.ts";
import type { InvocationRecord } from "../invocation/record.ts";
import type { HistoryItem } from "./historyItem.ts";

/** What is copied: an invocation with its payload, and where it went. */
export interface CopiedInvocation {
  record: InvocationRecord;
  destination: HistoryItem["destination"];
}

/** The parameters of an Invoke request, as the AWS CLI and the SDKs know them. */
export interface InvokeParameters {
  functionName: string;
  qualifier?: string;
  invocationType: string;
  /** In base64, as the API takes it. */
  clientContext?: string;
  tenantId?: string;
  durableExecutionName?: string;
  payload: string;
}

/** The parameters that an invocation was made with. */
export function parametersOf({ record }: CopiedInvocation): InvokeParameters {
  const { function: fn, mode, payload, clientContext, tenantId, durableExecutionName } = record;
  return {
    functionName: fn.arn ?? fn.name,
    qualifier: fn.qualifier,
    // A streamed response has an operation of its own; the same event has the same effect without a stream.
    invocationType: mode === "ResponseStream" ? "RequestResponse" : mode,
    clientContext: clientContext && encodeClientContext(clientContext),
    tenantId,
    durableExecutionName,
    payload: payload.text,
  };
}

/** What a copied command or program says first, a line each. */
export function hintsOf({ destination, record }: CopiedInvocation): readonly string[] {
  const local = destination.kind === "local" ? [LOCAL_HINT] : [];
  return record.durableExecutionName === undefined ? local : [...local, EXECUTION_HINT];
}

const EXECUTION_HINT =
  "The durable execution has the same name: if it began, Lambda returns it. Change the name to run the function again.";

/** What a copied command or program says first if the invocation went to Local, whose address changes. */
const LOCAL_HINT = "Local: first run “Lambda: Copy Local Endpoint” and paste that into the terminal.";
