/** The region and account that the local service answers as; any valid pair would do, and nothing is ever sent there. */
export const localRegion = "us-east-1";
export const localAccount = "000000000000";

/** The ARN of a local function, unqualified. */
export function functionArn(name: string): string {
  return `arn:aws:lambda:${localRegion}:${localAccount}:function:${name}`;
}

/** The log group that a local function writes to. */
export function logGroupOf(name: string): string {
  return `/aws/lambda/${name}`;
}
