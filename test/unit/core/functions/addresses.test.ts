import assert from "node:assert/strict";
import { consoleUrl } from "../../../../src/core/functions/consoleUrl.ts";
import { environmentLines } from "../../../../packages/local/src/contract/environmentLines.ts";

describe("the page of a function in the AWS console", () => {
  for (const [arn, url] of [
    [
      "arn:aws:lambda:eu-west-1:123456789012:function:order",
      "https://console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/order",
    ],
    [
      "arn:aws:lambda:eu-west-1:123456789012:function:order:live",
      "https://console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/order",
    ],
    [
      "arn:aws-cn:lambda:cn-north-1:123456789012:function:order",
      "https://console.amazonaws.cn/lambda/home?region=cn-north-1#/functions/order",
    ],
    [
      "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:order",
      "https://console.amazonaws-us-gov.com/lambda/home?region=us-gov-west-1#/functions/order",
    ],
    ["order", undefined],
    ["arn:aws:s3:::bucket", undefined],
  ] as const) {
    it(`of ${arn} is ${url ?? "none"}`, () => assert.equal(consoleUrl(arn), url));
  }
});

describe("the environment that points other clients at Local", () => {
  const address = {
    endpoint: "http://127.0.0.1:4000",
    region: "us-east-1",
    credentials: { accessKeyId: "LOCAL", secretAccessKey: "secret/+" },
  };

  it("is set by the lines of a POSIX shell", () => {
    assert.equal(
      environmentLines(address, "posix"),
      [
        "export AWS_ENDPOINT_URL_LAMBDA='http://127.0.0.1:4000'",
        "export AWS_ENDPOINT_URL_CLOUDWATCH_LOGS='http://127.0.0.1:4000'",
        "export AWS_REGION='us-east-1'",
        "export AWS_DEFAULT_REGION='us-east-1'",
        "export AWS_ACCESS_KEY_ID='LOCAL'",
        "export AWS_SECRET_ACCESS_KEY='secret/+'",
        "",
      ].join("\n"),
    );
  });

  it("is set by the lines of PowerShell", () => {
    assert.match(environmentLines(address, "powershell"), /^\$env:AWS_ENDPOINT_URL_LAMBDA = 'http:/);
  });
});
