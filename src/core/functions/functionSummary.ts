/** A Lambda function as ListFunctions describes it, reduced to what the product shows or needs. */
export interface FunctionSummary {
  name: string;
  arn: string;
  runtime?: string;
  handler?: string;
  description?: string;
  memorySizeMb?: number;
  timeoutSeconds?: number;
  codeSizeBytes?: number;
  /** ISO 8601 as the API gives it, e.g. `2026-11-21T10:00:00.000+0000`. */
  lastModified?: string;
  packageType?: string;
  architectures?: readonly string[];
  logGroup?: string;
  /** It's a durable function: one whose executions Lambda keeps by their names. */
  durable?: { retentionDays?: number };
}
