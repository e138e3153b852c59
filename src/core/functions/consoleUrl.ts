/** The address of a function in the AWS console, from its ARN; `undefined` where it isn't a function's ARN. */
export function consoleUrl(arn: string): string | undefined {
  const parts = /^arn:([\w-]+):lambda:([\w-]+):\d*:function:([\w-]+)/.exec(arn);
  if (!parts) return undefined;
  const [, partition = "", region = "", name = ""] = parts;
  const host = CONSOLES[partition];
  return host && `https://${host}/lambda/home?region=${region}#/functions/${name}`;
}

const CONSOLES: Readonly<Record<string, string>> = {
  aws: "console.aws.amazon.com",
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
};
