import { randomBytes } from "node:crypto";
import type { LocalFunction } from "./localFunction.ts";

/** The region and account of local ARNs. Nothing is ever sent there. */
export const LOCAL_REGION = "us-east-1";
export const LOCAL_ACCOUNT = "000000000000";

/** The ARN of a local function, unqualified. */
export function functionArn(name: string): string {
  return `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${name}`;
}

/** The log group of a function: the declared one, or Lambda's default. */
export function logGroupOf({ name, logging }: Pick<LocalFunction, "name" | "logging">): string {
  return logging?.group ?? `/aws/lambda/${name}`;
}

/**
 * A name for the log stream of a new sandbox. In a custom log group, which functions may share, it includes the function's
 * name. Source: "Configuring CloudWatch log groups" of the Lambda developer guide.
 */
export function newLogStreamName({ name, logging }: LocalFunction, nowMs: number): string {
  const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll("-", "/");
  const owner = logging?.group === undefined ? "" : name;
  return `${day}/${owner}[$LATEST]${randomBytes(16).toString("hex")}`;
}
