export const functionTypes: ReadonlySet<string> = new Set([
  "AWS::Serverless::Function",
  "AWS::Lambda::Function",
]);

export const layerTypes: ReadonlySet<string> = new Set([
  "AWS::Serverless::LayerVersion",
  "AWS::Lambda::LayerVersion",
]);

/** Nested stacks, each with its own template. */
export const stackTypes: ReadonlySet<string> = new Set([
  "AWS::Serverless::Application",
  "AWS::CloudFormation::Stack",
]);

/** Resources whose `Ref` is their name, and the property that gives it. Source: "Return values" of each resource. */
export const namedBy: ReadonlyMap<string, string> = new Map([
  ["AWS::DynamoDB::Table", "TableName"],
  ["AWS::DynamoDB::GlobalTable", "TableName"],
  ["AWS::Events::EventBus", "Name"],
  ["AWS::IAM::Role", "RoleName"],
  ["AWS::Kinesis::Stream", "Name"],
  ["AWS::Logs::LogGroup", "LogGroupName"],
  ["AWS::S3::Bucket", "BucketName"],
  ["AWS::SSM::Parameter", "Name"],
  ["AWS::Serverless::SimpleTable", "TableName"],
]);

/** Destinations of asynchronous events: the pattern of the ARN, and the property that holds the name. */
export const destinations: ReadonlyMap<string, { arn: string; name: string }> = new Map([
  ["AWS::Events::EventBus", { arn: "events:REGION:ACCOUNT:event-bus/", name: "Name" }],
  ["AWS::Kinesis::Stream", { arn: "kinesis:REGION:ACCOUNT:stream/", name: "Name" }],
  ["AWS::S3::Bucket", { arn: "s3:::", name: "BucketName" }],
  ["AWS::SNS::Topic", { arn: "sns:REGION:ACCOUNT:", name: "TopicName" }],
  ["AWS::SQS::Queue", { arn: "sqs:REGION:ACCOUNT:", name: "QueueName" }],
]);
