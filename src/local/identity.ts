import type { LocalFunction } from "./discovery/localFunction.ts";

/** The region and account that the local service answers as; any valid pair would do, and nothing is ever sent there. */
export const localRegion = "us-east-1";
export const localAccount = "000000000000";

/** The ARN of a local function, unqualified. */
export function functionArn(name: string): string {
  return `arn:aws:lambda:${localRegion}:${localAccount}:function:${name}`;
}

/** The log group that a local function writes to: the one that it declares, or Lambda's default. */
export function logGroupOf({ name, logging }: Pick<LocalFunction, "name" | "logging">): string {
  return logging?.group ?? `/aws/lambda/${name}`;
}
