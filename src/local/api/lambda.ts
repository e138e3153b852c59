import type { ListFunctionsCommandOutput } from "@aws-sdk/client-lambda";
import type { Entry } from "../discovery/catalog.ts";
import { functionArn } from "../identity.ts";
import type { ApiAnswer, ApiRequest } from "../http/server.ts";
import { configuration, fullConfiguration, functionDetails } from "./configuration.ts";
import { ApiError, invalidParameter, notFound } from "./errors.ts";
import { parseFunctionName } from "./functionName.ts";
import { invoke, type Invokers } from "./invoke.ts";
import { matchOperation } from "./operations.ts";

/** What the Lambda API needs of the rest of the service. */
export interface LambdaBackend extends Invokers {
  /** The functions by name, as the workspace declares them now. */
  entries(signal: AbortSignal): Promise<ReadonlyMap<string, Entry>>;
}

/** Answers a request of the Lambda API. Throws an `ApiError`. */
export async function answerLambda(
  request: ApiRequest,
  backend: LambdaBackend,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const { operation, parameters } = matchOperation(request.method, request.path);
  switch (operation) {
    case "ListFunctions":
      return json(listFunctions(await backend.entries(signal), request.query));
    case "GetFunction":
      return json(functionDetails((await findFunction(request, parameters, backend, signal)).fn));
    case "GetFunctionConfiguration":
      return json(fullConfiguration((await findFunction(request, parameters, backend, signal)).fn));
    case "Invoke":
      return invoke(request, await findFunction(request, parameters, backend, signal), backend, signal);
    default:
      throw notOffered(operation);
  }
}

/** The error for an operation that Local does not offer; it names the operation. */
export function notOffered(operation: string): ApiError {
  return new ApiError(
    "UnknownOperationException",
    404,
    `The local Lambda service does not offer ${operation}.`,
  );
}

function json(body: object): ApiAnswer {
  return { status: 200, body: JSON.stringify(body) };
}

const pageSize = 50;

/** At most 50 a page, whatever `MaxItems` says; the marker is the last name of the page before. */
function listFunctions(entries: ReadonlyMap<string, Entry>, query: URLSearchParams) {
  const marker = query.get("Marker") ?? "";
  const size = Math.min(pageSize, readMaxItems(query));
  const after = marker === "" ? "" : Buffer.from(marker, "base64").toString();
  const rest = [...entries.keys()].sort().filter((name) => name > after);
  const page = rest.slice(0, size);
  const functions = page.flatMap((name) => entries.get(name) ?? []).map((entry) => configuration(entry.fn));
  const last = page.at(-1);
  const next =
    rest.length > size && last !== undefined ? { NextMarker: Buffer.from(last).toString("base64") } : {};
  return { Functions: functions, ...next } satisfies Omit<ListFunctionsCommandOutput, "$metadata">;
}

function readMaxItems(query: URLSearchParams): number {
  const items = Number(query.get("MaxItems") ?? pageSize);
  if (!Number.isInteger(items) || items < 1 || items > 10_000)
    throw invalidParameter("MaxItems must be between 1 and 10000.");
  return items;
}

async function findFunction(
  request: ApiRequest,
  parameters: readonly string[],
  backend: LambdaBackend,
  signal: AbortSignal,
): Promise<Entry> {
  const { name, qualifier } = parseFunctionName(parameters[0] ?? "", request.query.get("Qualifier"));
  const entry = (await backend.entries(signal)).get(name);
  const known = qualifier === undefined || qualifier === "$LATEST";
  if (entry && known) return entry;
  throw notFound(`Function not found: ${functionArn(name)}${qualifier === undefined ? "" : `:${qualifier}`}`);
}
