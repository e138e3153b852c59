/** Where Lambda logs unless the function's LoggingConfig says otherwise. */
export function standardLogGroup(nameOrArn: string): string {
  return `/aws/lambda/${/:function:([\w-]+)/.exec(nameOrArn)?.[1] ?? nameOrArn}`;
}
