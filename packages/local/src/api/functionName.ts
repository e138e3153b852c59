import { functionArn, LOCAL_ACCOUNT, LOCAL_REGION } from "../model/identity.ts";
import type { CatalogEntry } from "../discovery/catalog/catalogEntries.ts";
import { invalidParameter, notFound } from "../model/errors.ts";

export interface FunctionName {
  name: string;
  qualifier: string | undefined;
}

/** The function that a request refers to, and the qualifier it uses. */
export interface ResolvedFunction {
  entry: CatalogEntry;
  qualifier: string | undefined;
  /** Includes the qualifier. */
  arn: string;
}

const pattern =
  /^(?:arn:(?:aws[\w-]*):lambda:([a-z0-9-]+):(\d{12}):function:|(\d{12}):function:|function:)?([\w-]{1,140})(?::(\$LATEST|[\w-]+))?$/;

/**
 * Parses a name, partial ARN or ARN, each with or without a qualifier. Throws an `ApiError` 400 or 404.
 * Source: `FunctionName` of the Invoke request in the Lambda API reference.
 */
function parseFunctionName(text: string, qualifier: string | null): FunctionName {
  const match = pattern.exec(text);
  if (!match) throw invalidParameter(`'${text}' isn't a valid function name, partial ARN or ARN.`);
  const [, region = LOCAL_REGION, account, partialAccount, name = "", inner] = match;
  const owner = account ?? partialAccount ?? LOCAL_ACCOUNT;
  if (region !== LOCAL_REGION || owner !== LOCAL_ACCOUNT) {
    throw notFound(
      `Function not found: ${text}. Local functions are in ${LOCAL_REGION}, account ${LOCAL_ACCOUNT}.`,
    );
  }
  if (qualifier !== null && inner !== undefined && qualifier !== inner) {
    throw invalidParameter(
      "The derived qualifier from the function name does not match the specified qualifier.",
    );
  }
  return { name, qualifier: qualifier ?? inner };
}

/** Finds the function that a request refers to. Throws an `ApiError` 400, or 404 where it or its alias doesn't exist. */
export function resolveFunction(
  text: string,
  requestedQualifier: string | null,
  entries: ReadonlyMap<string, CatalogEntry>,
): ResolvedFunction {
  const { name, qualifier } = parseFunctionName(text, requestedQualifier);
  const arn = `${functionArn(name)}${qualifier === undefined ? "" : `:${qualifier}`}`;
  const entry = entries.get(name);
  const known = qualifier === undefined || qualifier === "$LATEST" || entry?.fn.aliases?.includes(qualifier);
  if (entry && known) return { entry, qualifier, arn };
  throw notFound(`Function not found: ${arn}`);
}

/** The name in a function's ARN, in any region and account; undefined for any other ARN. */
export function nameInFunctionArn(arn: string): string | undefined {
  return arn.startsWith("arn:") ? pattern.exec(arn)?.[4] : undefined;
}
