import { UserError } from "../userError.ts";

/** What a function's name, partial ARN or ARN says. The only place that takes one apart or puts one together. */
export interface FunctionName {
  name: string;
  /** A version, an alias or `$LATEST`. */
  qualifier?: string | undefined;
  /** Twelve digits. */
  account?: string | undefined;
  region?: string | undefined;
  /** For example `aws`, `aws-cn` or `aws-us-gov`. */
  partition?: string | undefined;
}

/** Source: `FunctionName` of Invoke in the Lambda API reference. A region comes with an account only. */
const PATTERN = new RegExp(
  [
    "^",
    "(?:(?:arn:(?<partition>aws[a-z-]*):lambda:)?(?<region>(?:[a-z]+-)+\\d+):(?<owner>\\d{12}):(?:function:)?",
    "|(?<account>\\d{12}):(?:function:)?",
    "|function:)?",
    "(?<name>[\\w.-]{1,64})",
    "(?::(?<qualifier>\\$LATEST(?:\\.PUBLISHED)?|[\\w-]{1,128}))?",
    "$",
  ].join(""),
);
const QUALIFIER = /^(?:\$LATEST(?:\.PUBLISHED)?|[\w-]{1,128})$/;

/** Takes a name, a partial ARN or an ARN apart, each with or without a qualifier; `undefined` if it's something else. */
export function readFunctionName(text: string): FunctionName | undefined {
  const found = PATTERN.exec(text.trim())?.groups;
  const name = found?.["name"];
  if (!found || name === undefined) return undefined;
  const { partition, region, qualifier, owner, account = owner } = found;
  return { name, qualifier, account, region, partition };
}

/** The same for what a person or a command's argument named, with a qualifier beside it. Throws a `UserError`. */
export function parseFunctionName(text: string, qualifier?: string): FunctionName {
  const found = readFunctionName(text);
  if (!found) {
    throw new UserError(
      `“${text}” isn't a function name or ARN. Nothing was sent. Write for example order, order:live or arn:aws:lambda:eu-west-1:123456789012:function:order.`,
    );
  }
  if (qualifier === undefined) return found;
  checkQualifier(qualifier);
  if (found.qualifier !== undefined && found.qualifier !== qualifier) {
    throw new UserError(
      `${text} names ${found.qualifier}, and the qualifier beside it is ${qualifier}. Nothing was sent. Give one of them.`,
    );
  }
  return { ...found, qualifier };
}

/** Throws a `UserError` for what isn't a version or an alias. */
export function checkQualifier(qualifier: string): void {
  if (QUALIFIER.test(qualifier)) return;
  throw new UserError(
    `“${qualifier}” isn't a version or alias. Nothing was sent. Write for example 7, live or $LATEST.`,
  );
}

/** The shortest form that says whose function it is, without its qualifier: an ARN, a partial ARN or the name. */
export function formatFunctionName({ name, account, region, partition }: FunctionName): string {
  if (account === undefined) return name;
  const prefix = partition === undefined ? "" : `arn:${partition}:lambda:`;
  return `${prefix}${region === undefined ? "" : `${region}:`}${account}:function:${name}`;
}
