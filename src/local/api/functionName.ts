import { localAccount, localRegion } from "../identity.ts";
import { invalidParameter, notFound } from "./errors.ts";

/** A function as a request names it. */
export interface FunctionName {
  name: string;
  qualifier: string | undefined;
}

const pattern =
  /^(?:arn:(?:aws[\w-]*):lambda:([a-z0-9-]+):(\d{12}):function:|(\d{12}):function:)?([\w-]{1,140})(?::(\$LATEST|[\w-]+))?$/;

/**
 * Takes a name, partial ARN or ARN apart, each with or without a qualifier. Throws an `ApiError` 400 or 404.
 * Source: `FunctionName` of the Invoke request in the Lambda API reference.
 */
export function parseFunctionName(text: string, qualifier: string | null): FunctionName {
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
