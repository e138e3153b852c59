import { randomBytes } from "node:crypto";
import type { LocalFunction } from "./localFunction.ts";

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

/**
 * A name for the log stream of a new sandbox. In a log group that the function chose, others may write too: the name
 * says whose it is. Source: "Configuring CloudWatch log groups" of the Lambda developer guide.
 */
export function newLogStream({ name, logging }: LocalFunction, nowMs: number): string {
  const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll("-", "/");
  const whose = logging?.group === undefined ? "" : name;
  return `${day}/${whose}[$LATEST]${randomBytes(16).toString("hex")}`;
}
