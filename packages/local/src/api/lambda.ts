import type { Entry } from "../discovery/catalog/catalog.ts";
import type { ApiAnswer, ApiRequest } from "../http/request.ts";
import { fullConfiguration, functionDetails } from "./configuration.ts";
import { notOffered } from "../model/errors.ts";
import { findTarget } from "./functionName.ts";
import { invoke, type Invokers } from "./invoke.ts";
import { invokeWithStream } from "./invokeStream.ts";
import { matchOperation } from "./operations.ts";
import * as reads from "./reads.ts";

/** What the Lambda API needs of the rest of the service. */
export interface LambdaBackend extends Invokers {
  /** The functions by name, as the workspace declares them now. */
  entries(signal: AbortSignal): Promise<ReadonlyMap<string, Entry>>;
  /** How many sandboxes may exist at a time. */
  concurrency: number;
}

/** Answers a request of the Lambda API. Throws an `ApiError`. */
export async function answerLambda(
  request: ApiRequest,
  backend: LambdaBackend,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const { query } = request;
  const { operation, parameters } = matchOperation(request.method, request.path, query);
  const [first = "", second = ""] = parameters;
  const entries = await backend.entries(signal);
  const target = () => findTarget(first, query.get("Qualifier"), entries);
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
      throw notOffered(operation);
  }
}

function json(body: object): ApiAnswer {
  return { status: 200, body: JSON.stringify(body) };
}
