import type { CatalogEntry } from "../discovery/catalog/catalogEntries.ts";
import type { ApiResponse, ApiRequest } from "../http/request.ts";
import { fullConfiguration, functionDetails } from "./configuration.ts";
import { notSupported } from "../model/errors.ts";
import { resolveFunction } from "./functionName.ts";
import { invoke, type Invokers } from "./invoke.ts";
import { invokeWithStream } from "./invokeStream.ts";
import { matchOperation } from "./operations.ts";
import * as reads from "./readOperations.ts";

export interface LambdaBackend extends Invokers {
  /** The current functions of the workspace, by name. */
  entries(signal: AbortSignal): Promise<ReadonlyMap<string, CatalogEntry>>;
  /** How many sandboxes may exist at the same time. */
  concurrency: number;
}

/** Handles a request of the Lambda API. Throws an `ApiError`. */
export async function handleLambda(
  request: ApiRequest,
  backend: LambdaBackend,
  signal: AbortSignal,
): Promise<ApiResponse> {
  const { query } = request;
  const { operation, parameters } = matchOperation(request.method, request.path, query);
  const [first = "", second = ""] = parameters;
  const entries = await backend.entries(signal);
  const target = () => resolveFunction(first, query.get("Qualifier"), entries);
  switch (operation) {
    case "ListFunctions":
      return json(reads.listFunctions(entries, query));
    case "GetAccountSettings":
      return json(reads.accountSettings(entries, backend.concurrency));
    case "GetFunction":
      return json(functionDetails(target()));
    case "GetFunctionConfiguration":
      return json(fullConfiguration(target()));
    case "ListVersionsByFunction":
      return json(reads.listVersions(target(), query));
    case "ListAliases":
      return json(reads.listAliases(target(), query));
    case "GetAlias":
      return json(reads.getAlias(target(), second));
    case "GetFunctionEventInvokeConfig":
      return json(reads.getEventInvokeConfig(target()));
    case "ListFunctionEventInvokeConfigs":
      return json(reads.listEventInvokeConfigs(target()));
    case "GetFunctionConcurrency":
      return json(reads.getConcurrency(target()));
    case "ListTags":
      return json(reads.listTags(target()));
    case "Invoke":
      return invoke(request, target(), backend, signal);
    case "InvokeWithResponseStream":
      return invokeWithStream(request, target(), backend, signal);
    default:
      throw notSupported(operation);
  }
}

function json(body: object): ApiResponse {
  return { status: 200, body: JSON.stringify(body) };
}
