import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { isTransient, meaningOf } from "../../../../src/core/invocation/failures.ts";

/** What a failure of that name comes to. */
type Row = readonly [status: number | undefined, name: string, words: RegExp];

const AGAIN = { verdict: "notRun", retry: true };
const MEND = { verdict: "notRun", retry: false };
const NEVER = { verdict: "unknown", retry: false };

const RETRIED: Row[] = [
  [429, "TooManyRequestsException", /throttling/],
  [409, "SnapStartNotReadyException", /Wait/],
  [409, "ResourceConflictException", /Wait/],
  [409, "CodeArtifactUserPendingException", /Wait/],
  [502, "ResourceNotReadyException", /Wait/],
  [502, "ENINotReadyException", /Wait/],
  [502, "EC2ThrottledException", /throttling/],
];

const REFUSED: Row[] = [
  [400, "InvalidRequestContentException", /JSON/],
  [400, "InvalidParameterValueException", /parameter/],
  [400, "NoPublishedVersionException", /version/],
  [400, "ModeNotSupportedException", /mode/],
  [400, "RecursiveInvocationException", /loop/],
  [402, "ServiceQuotaExceededException", /quota/i],
  [403, "AccessDeniedException", /lambda:InvokeFunction/],
  [403, "ExpiredTokenException", /renew those/],
  [403, "UnrecognizedClientException", /renew those/],
  [403, "InvalidSignatureException", /secret key.*clock/],
  [403, "EFSMountConnectivityException", /file system/],
  [403, "EFSMountFailureException", /file system/],
  [408, "EFSMountTimeoutException", /file system/],
  [403, "S3FilesMountConnectivityException", /file system/],
  [403, "S3FilesMountFailureException", /file system/],
  [408, "S3FilesMountTimeoutException", /file system/],
  [404, "ResourceNotFoundException", /name.*qualifier.*region/],
  [409, "CodeArtifactUserDeletedException", /Deploy/],
  [409, "CodeArtifactUserFailedException", /Deploy/],
  [409, "SnapStartRegenerationFailureException", /snapshot/],
  [409, "DurableExecutionAlreadyStartedException", /name/],
  [413, "RequestTooLargeException", /too large/],
  [413, "SerializedRequestEntityTooLargeException", /too large/],
  [415, "UnsupportedMediaTypeException", /JSON/],
  [502, "KMSAccessDeniedException", /KMS/],
  [502, "KMSDisabledException", /KMS/],
  [502, "KMSInvalidStateException", /KMS/],
  [502, "KMSNotFoundException", /KMS/],
  [502, "InvalidSubnetIDException", /VPC/],
  [502, "InvalidSecurityGroupIDException", /VPC/],
  [502, "InvalidRuntimeException", /runtime/],
  [502, "InvalidZipFileException", /code/],
  [502, "ENILimitReachedException", /network interface/],
  [502, "SubnetIPAddressLimitReachedException", /subnet/],
  [502, "EC2AccessDeniedException", /ec2:/],
  [502, "EC2UnexpectedException", /VPC/],
  [400, "HTTP 400", /refused/],
  [401, "HTTP 401", /renew those/],
  [403, "HTTP 403", /permission/],
  [404, "HTTP 404", /name/],
  [407, "HTTP 407", /proxy/],
  [413, "HTTP 413", /too large/],
  [418, "SomethingNewException", /refused/],
];

const UNKNOWN: Row[] = [
  [400, "SnapStartException", /log/],
  [408, "SnapStartTimeoutException", /log/],
  [410, "EFSIOException", /log/],
  [500, "ServiceException", /log/],
  [500, "HTTP 500", /log/],
  [502, "HTTP 502", /log/],
  [503, "HTTP 503", /log/],
  [504, "HTTP 504", /log/],
  [502, "SomethingNewException", /log/],
  [408, "HTTP 408", /log/],
  [410, "HTTP 410", /log/],
  [301, "HTTP 301", /log/],
  [undefined, "ECONNRESET", /log/],
  [undefined, "EPIPE", /log/],
  [undefined, "ETIMEDOUT", /log/],
  [200, "ECONNRESET", /log/],
  [undefined, "HPE_INVALID_CONSTANT", /log/],
  [undefined, "Cancelled", /may still be running/],
  [undefined, "DeadlineExceeded", /may still be running/],
  [undefined, "ECONNREFUSED", /log/],
  [500, "constructor", /log/],
];

const NOT_SENT: [name: string, retry: boolean, words: RegExp][] = [
  ["ENOTFOUND", true, /region and endpoint/],
  ["EAI_AGAIN", true, /network/],
  ["ECONNREFUSED", true, /endpoint/],
  ["EHOSTUNREACH", true, /network/],
  ["ENETUNREACH", true, /network/],
  ["ETIMEDOUT", true, /network/],
  ["ConnectTimeout", true, /network/],
  ["ECONNRESET", false, /proxy/],
  ["EPIPE", false, /proxy/],
  ["EPROTO", false, /https/],
  ["CertificateError", false, /certificate/],
  ["ExpiredToken", false, /renew those/],
  ["ExpiredTokenException", false, /renew those/],
  ["CancelledBeforeSending", false, /ready/],
  ["DeadlineExceeded", false, /network/],
  ["AnythingElse", false, /Nothing was sent/],
  ["toString", false, /Nothing was sent/],
];

function check([status, name, words]: Row, expected: { verdict: string; retry: boolean }): void {
  const failure = { sent: true, name, ...(status === undefined ? {} : { statusCode: status }) };
  const { advice, ...meaning } = meaningOf(failure);
  assert.deepEqual(meaning, expected);
  assert.match(advice, words);
  assert.match(advice, /^[A-Z].{20,}\.$/);
}

describe("what a failure means", () => {
  for (const row of RETRIED) {
    it(`${row[0]} ${row[1]}: not run, sent again`, () => check(row, AGAIN));
  }

  for (const row of REFUSED) {
    it(`${row[0]} ${row[1]}: not run, to be mended`, () => check(row, MEND));
  }

  for (const row of UNKNOWN) {
    it(`${row[0] ?? "no status,"} ${row[1]}: unknown, never sent again`, () => check(row, NEVER));
  }

  for (const [name, retry, words] of NOT_SENT) {
    it(`nothing sent, ${name}: not run, ${retry ? "sent again" : "to be mended"}`, () => {
      const { advice, ...meaning } = meaningOf({ sent: false, name });
      assert.deepEqual(meaning, { verdict: "notRun", retry });
      assert.match(advice, words);
    });
  }

  it("is told for every error that the SDK's Invoke declares", async () => {
    const declared = await declaredErrors();
    const told = new Set([...RETRIED, ...REFUSED, ...UNKNOWN].map(([, name]) => name));
    assert.ok(declared.length > 40, `${declared.length} declared`);
    assert.deepEqual(
      declared.filter((name) => !told.has(name)),
      [],
    );
  });

  it("needs no status where the error of Lambda has a type", () => {
    for (const [, name] of [...RETRIED, ...REFUSED].filter(([, each]) => each.endsWith("Exception"))) {
      const generic = ["AccessDeniedException", "SomethingNewException"].includes(name);
      assert.equal(meaningOf({ sent: true, name }).verdict, generic ? "unknown" : "notRun", name);
    }
  });
});

describe("a read that failed", () => {
  for (const [statusCode, name] of [
    [undefined, "ECONNREFUSED"],
    [undefined, "ECONNRESET"],
    [undefined, "ENOTFOUND"],
    [undefined, "ETIMEDOUT"],
    [undefined, "ConnectTimeout"],
    [400, "ThrottlingException"],
    [429, "HTTP 429"],
    [500, "InternalFailure"],
    [503, "ServiceUnavailableException"],
  ] as const)
    it(`may succeed later: ${name}`, () => assert.equal(isTransient({ statusCode, name }), true));

  for (const [statusCode, name] of [
    [undefined, "CertificateError"],
    [undefined, "CredentialsProviderError"],
    [undefined, "RegionMissing"],
    [undefined, "TypeError"],
    [undefined, "constructor"],
    [200, "SyntaxError"],
    [400, "InvalidParameterException"],
    [400, "ExpiredTokenException"],
    [403, "AccessDeniedException"],
  ] as const)
    it(`is over: ${name}`, () => assert.equal(isTransient({ statusCode, name }), false));
});

/** The error types in the documentation comment of the client's InvokeCommand. */
async function declaredErrors(): Promise<string[]> {
  const client = createRequire(import.meta.url).resolve("@aws-sdk/client-lambda/package.json");
  const file = join(dirname(client), "dist-types", "commands", "InvokeCommand.d.ts");
  const names = (await readFile(file, "utf8")).matchAll(/@throws \{@link (\w+)\} \(/g);
  return [...names].map((match) => match[1] ?? "");
}
