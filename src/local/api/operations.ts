import { ApiError } from "./errors.ts";

/** A request's operation, and the parameters in its path, decoded. */
export interface MatchedOperation {
  operation: string;
  parameters: readonly string[];
}

/**
 * The operation that a method and path stand for. Throws an `ApiError` 404 where the Lambda API has none.
 * Source: the `http` traits of the Lambda API's model; those of rarer resources are named after their path alone.
 */
export function matchOperation(method: string, path: string): MatchedOperation {
  for (const [operation, verb, pattern] of routes) {
    const match = verb === method ? pattern.exec(path) : null;
    if (match) return { operation, parameters: match.slice(1).map(decode) };
  }
  throw new ApiError(
    "UnknownOperationException",
    404,
    `The local Lambda service does not offer ${method} ${path}.`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ApiError("InvalidParameterValueException", 400, `'${text}' is not percent-encoded.`);
  }
}

function route(operation: string, method: string, path: string): readonly [string, string, RegExp] {
  return [operation, method, new RegExp(`^${path.replace(/\{\w+\}/g, "([^/]+)")}/?$`)];
}

const fn = "/functions/{FunctionName}";

const routes = [
  route("ListFunctions", "GET", "/2015-03-31/functions"),
  route("CreateFunction", "POST", "/2015-03-31/functions"),
  route("GetFunction", "GET", `/2015-03-31${fn}`),
  route("DeleteFunction", "DELETE", `/2015-03-31${fn}`),
  route("Invoke", "POST", `/2015-03-31${fn}/invocations`),
  route("InvokeAsync", "POST", `/2014-11-13${fn}/invoke-async`),
  route("InvokeWithResponseStream", "POST", `/2021-11-15${fn}/response-streaming-invocations`),
  route("GetFunctionConfiguration", "GET", `/2015-03-31${fn}/configuration`),
  route("UpdateFunctionConfiguration", "PUT", `/2015-03-31${fn}/configuration`),
  route("UpdateFunctionCode", "PUT", `/2015-03-31${fn}/code`),
  route("ListVersionsByFunction", "GET", `/2015-03-31${fn}/versions`),
  route("PublishVersion", "POST", `/2015-03-31${fn}/versions`),
  route("ListAliases", "GET", `/2015-03-31${fn}/aliases`),
  route("CreateAlias", "POST", `/2015-03-31${fn}/aliases`),
  route("GetAlias", "GET", `/2015-03-31${fn}/aliases/{Name}`),
  route("UpdateAlias", "PUT", `/2015-03-31${fn}/aliases/{Name}`),
  route("DeleteAlias", "DELETE", `/2015-03-31${fn}/aliases/{Name}`),
  route("GetPolicy", "GET", `/2015-03-31${fn}/policy`),
  route("AddPermission", "POST", `/2015-03-31${fn}/policy`),
  route("RemovePermission", "DELETE", `/2015-03-31${fn}/policy/{StatementId}`),
  route("GetAccountSettings", "GET", "/2016-08-19/account-settings"),
  route("ListTags", "GET", "/2017-03-31/tags/{Resource}"),
  route("TagResource", "POST", "/2017-03-31/tags/{Resource}"),
  route("UntagResource", "DELETE", "/2017-03-31/tags/{Resource}"),
  route("GetFunctionConcurrency", "GET", `/2019-09-30${fn}/concurrency`),
  route("PutFunctionConcurrency", "PUT", `/2017-10-31${fn}/concurrency`),
  route("DeleteFunctionConcurrency", "DELETE", `/2017-10-31${fn}/concurrency`),
  route("GetFunctionEventInvokeConfig", "GET", `/2019-09-25${fn}/event-invoke-config`),
  route("PutFunctionEventInvokeConfig", "PUT", `/2019-09-25${fn}/event-invoke-config`),
  route("UpdateFunctionEventInvokeConfig", "POST", `/2019-09-25${fn}/event-invoke-config`),
  route("DeleteFunctionEventInvokeConfig", "DELETE", `/2019-09-25${fn}/event-invoke-config`),
  route("ListFunctionEventInvokeConfigs", "GET", `/2019-09-25${fn}/event-invoke-config/list`),
  route("GetFunctionUrlConfig", "GET", `/2021-10-31${fn}/url`),
  route("ListFunctionUrlConfigs", "GET", `/2021-10-31${fn}/urls`),
  route("GetFunctionCodeSigningConfig", "GET", `/2020-06-30${fn}/code-signing-config`),
  route("GetProvisionedConcurrencyConfig", "GET", `/2019-09-30${fn}/provisioned-concurrency`),
  route("GetRuntimeManagementConfig", "GET", `/2021-07-20${fn}/runtime-management-config`),
  route("ListEventSourceMappings", "GET", "/2015-03-31/event-source-mappings"),
  route("CreateEventSourceMapping", "POST", "/2015-03-31/event-source-mappings"),
  route("ListLayers", "GET", "/2018-10-31/layers"),
];
