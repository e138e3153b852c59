import type { InvokedFunction } from "../invocation/invocationSpec.ts";
import {
  checkQualifier,
  type FunctionName,
  formatFunctionName,
  parseFunctionName,
  readFunctionName,
} from "./functionName.ts";
import type { FunctionSummary } from "./functionSummary.ts";
import type { Target } from "./target.ts";

/** A function at a connection, whatever it was called: what every spelling of it comes to before a guard looks. */
export interface FunctionRef {
  /** A connection's name. */
  connection: string;
  /** The function's own name, never an ARN. */
  name: string;
  /** A version or an alias. */
  qualifier?: string | undefined;
  /** Whose function it is, if an ARN says so. */
  owner?: FunctionOwner | undefined;
}

/** The account of a function, and its region if that was named. */
export interface FunctionOwner {
  account: string;
  region?: string | undefined;
}

/** The function that a request with this name, ARN and qualifier reaches. */
export function functionRef(connection: string, { name, arn, qualifier }: InvokedFunction): FunctionRef {
  // A name that isn't one of Lambda's is one that a list has: it means itself.
  const found = readFunctionName(arn ?? name) ?? { name };
  const { account, region } = found;
  const owner = account === undefined ? undefined : { account, region };
  return { connection, name: found.name, qualifier: qualifier ?? found.qualifier, owner };
}

/** Finds what a connection's list knows of a function, by its name or ARN. */
export type FindFunction = (nameOrArn: string) => FunctionSummary | undefined;

/**
 * How a request names the function that was pointed at: as the connection's list has it, else as it was named.
 * Throws a `UserError` for what isn't a name, an ARN or a qualifier.
 */
export function invokedFunction({ function: text, qualifier }: Target, find: FindFunction): InvokedFunction {
  if (qualifier !== undefined) checkQualifier(qualifier);
  const exact = find(text);
  if (exact) return { name: exact.name, arn: exact.arn, qualifier };
  const parsed = parseFunctionName(text, qualifier);
  const address = formatFunctionName(parsed);
  const known = find(address) ?? sameFunction(parsed, find(parsed.name));
  const arn = known?.arn ?? (parsed.account === undefined ? undefined : address);
  return { name: parsed.name, arn, qualifier: parsed.qualifier };
}

/** A listed function of that name, unless what was named belongs to another account or region. */
function sameFunction(
  { account, region }: FunctionName,
  listed: FunctionSummary | undefined,
): FunctionSummary | undefined {
  const own = listed && readFunctionName(listed.arn);
  if (!own || own.account !== account) return undefined;
  return region === undefined || region === own.region ? listed : undefined;
}

/** The name with its qualifier, as people write it. */
export function labelOf({ name, qualifier }: Pick<FunctionRef, "name" | "qualifier">): string {
  return qualifier === undefined ? name : `${name}:${qualifier}`;
}
