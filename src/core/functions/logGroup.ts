/** The ARN of a function's log group, which is in its account and region; undefined if that isn't a function's ARN. */
export function logGroupArn(functionArn: string, logGroup: string): string | undefined {
  const place = /^(arn:[^:]+):lambda:([^:]+:\d+):/.exec(functionArn);
  return place ? `${place[1]}:logs:${place[2]}:log-group:${logGroup}` : undefined;
}

/** Where Lambda logs unless the function's LoggingConfig says otherwise. */
export function standardLogGroup(nameOrArn: string): string {
  return `/aws/lambda/${/:function:([\w-]+)/.exec(nameOrArn)?.[1] ?? nameOrArn}`;
}
