/** When the prices below were current. They are Lambda's public ones, in US dollars. */
export const PRICES_AS_OF = "2025-08";

export type Architecture = "x86_64" | "arm64";

/** Of a gigabyte for a second, in the first tier and on demand. */
export const GB_SECOND: Readonly<Record<Architecture, number>> = {
  x86_64: 0.0000166667,
  arm64: 0.0000133334,
};

/** Of a request. */
export const REQUEST = 0.2 / 1_000_000;

/** Of a gigabyte that is streamed beyond the free part of a response, where `STREAMING_REGIONS` has the region. */
export const STREAMED_GB = 0.008;

/** The part of a streamed response that is free. */
export const FREE_STREAMED_BYTES = 6 * 1024 * 1024;

/** The regions with these prices; others have prices of their own, which aren't here. */
export const REGIONS: ReadonlySet<string> = new Set([
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
  "ca-central-1",
  "eu-central-1",
  "eu-north-1",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "sa-east-1",
]);

export const STREAMING_REGIONS: ReadonlySet<string> = new Set(["us-east-1", "us-east-2", "us-west-2"]);
