import { functionArn, localAccount, localRegion } from "../model/identity.ts";
import type { Entry } from "../discovery/catalog/catalog.ts";
import { invalidParameter, notFound } from "../model/errors.ts";

/** A function as a request names it. */
export interface FunctionName {
  name: string;
  qualifier: string | undefined;
}

/** A function that exists, under the qualifier that a request names it by. */
export interface Target {
  entry: Entry;
  qualifier: string | undefined;
  /** With the qualifier, where there is one. */
  arn: string;
}

const pattern =
  /^(?:arn:(?:aws[\w-]*):lambda:([a-z0-9-]+):(\d{12}):function:|(\d{12}):function:|function:)?([\w-]{1,140})(?::(\$LATEST|[\w-]+))?$/;

/**
 * Takes a name, partial ARN or ARN apart, each with or without a qualifier. Throws an `ApiError` 400 or 404.
 * Source: `FunctionName` of the Invoke request in the Lambda API reference.
 */
function parseFunctionName(text: string, qualifier: string | null): FunctionName {
  const match = pattern.exec(text);
  if (!match) throw invalidParameter(`'${text}' is not a function name, a partial ARN or an ARN.`);
  const [, region = localRegion, account, partialAccount, name = "", inner] = match;
  const owner = account ?? partialAccount ?? localAccount;
  if (region !== localRegion || owner !== localAccount) {
    throw notFound(
      `Function not found: ${text}. Local functions are in ${localRegion}, account ${localAccount}.`,
    );
  }
  if (qualifier !== null && inner !== undefined && qualifier !== inner) {
    throw invalidParameter(
      "The derived qualifier from the function name does not match the specified qualifier.",
    );
  }
  return { name, qualifier: qualifier ?? inner };
}

/** The function that a request names. Throws an `ApiError` 400, or 404 where it or its alias does not exist. */
export function findTarget(text: string, asked: string | null, entries: ReadonlyMap<string, Entry>): Target {
  const { name, qualifier } = parseFunctionName(text, asked);
  const arn = `${functionArn(name)}${qualifier === undefined ? "" : `:${qualifier}`}`;
  const entry = entries.get(name);
  const known = qualifier === undefined || qualifier === "$LATEST" || entry?.fn.aliases?.includes(qualifier);
  if (entry && known) return { entry, qualifier, arn };
  throw notFound(`Function not found: ${arn}`);
}

/** The name in a function's ARN, of whatever region and account; undefined where it is something else's. */
export function nameInFunctionArn(arn: string): string | undefined {
  return arn.startsWith("arn:") ? pattern.exec(arn)?.[4] : undefined;
}
