import { createHash, timingSafeEqual } from "node:crypto";
import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import { ApiError } from "../model/errors.ts";

/** The key pair that requests must be signed with. */
export interface KeyPair {
  accessKeyId: string;
  secretAccessKey: string;
}

/** The parts of a request that its signature covers. */
export interface SignedRequest {
  method: string;
  /** As sent: percent-encoded, without the query. */
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string>>;
}

/** The content of an `Authorization` header. */
export interface Claim {
  region: string;
  service: string;
  date: Date;
  signedHeaders: ReadonlySet<string>;
  signature: string;
}

const MAX_CLOCK_SKEW_MS = 15 * 60 * 1000;

const pattern =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

/** Whether a request says that it's signed with the key. */
export function namesKey(authorization: string | undefined, { accessKeyId }: KeyPair): boolean {
  const [, keyId] = /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\//.exec(authorization ?? "") ?? [];
  return keyId !== undefined && equalInConstantTime(keyId, accessKeyId);
}

/**
 * Checks everything about a signature that doesn't need the body: the format, the key and the date (±15 minutes). Throws an `ApiError` 403. Source: "Create a signed AWS API request" of the IAM user guide.
 */
export function readClaim(headers: Readonly<Record<string, string>>, keys: KeyPair, now: number): Claim {
  const match = pattern.exec(headers["authorization"] ?? "");
  if (!match) throw new ApiError("MissingAuthenticationTokenException", 403, "Missing Authentication Token");
  const [, keyId = "", day = "", region = "", service = "", signed = "", signature = ""] = match;
  if (!equalInConstantTime(keyId, keys.accessKeyId)) {
    throw new ApiError(
      "UnrecognizedClientException",
      403,
      "The security token included in the request is invalid.",
    );
  }
  const date = readDate(headers["x-amz-date"] ?? "");
  if (!date || !(headers["x-amz-date"] ?? "").startsWith(day))
    throw invalid("Date in Credential scope does not match x-amz-date.");
  // Written so that an invalid date fails too.
  if (!(Math.abs(date.getTime() - now) <= MAX_CLOCK_SKEW_MS))
    throw invalid("Signature expired, or not yet current: more than 15 minutes off.");
  const signedHeaders = new Set(signed.split(";"));
  const unsigned = ["host", ...Object.keys(headers).filter((name) => name.startsWith("x-amz-"))].filter(
    (name) => !signedHeaders.has(name),
  );
  if (unsigned.length > 0)
    throw invalid(`There were headers present in the request which were not signed: ${unsigned.join(", ")}`);
  return { region, service, date, signedHeaders, signature };
}

/** Signs the request again and compares in constant time. Throws an `ApiError` 403 for a mismatch. */
export async function verifySignature(
  claim: Claim,
  request: SignedRequest,
  body: Buffer,
  keys: KeyPair,
): Promise<void> {
  const claimedHash = request.headers["x-amz-content-sha256"];
  const signer = new SignatureV4({
    service: claim.service,
    region: claim.region,
    credentials: keys,
    sha256: Hash.bind(undefined, "sha256"),
    applyChecksum: false,
  });
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => claim.signedHeaders.has(name)),
  );
  if (claimedHash !== undefined) {
    // The signer trusts this header for the body's hash.
    if (claimedHash !== createHash("sha256").update(body).digest("hex")) throw mismatch();
    headers["x-amz-content-sha256"] = claimedHash;
  }
  const options = { signingDate: claim.date, signableHeaders: new Set(claim.signedHeaders) };
  const query = queryBag(request.query);
  const plain = {
    method: request.method,
    protocol: "http:",
    hostname: "",
    path: request.path,
    query,
    headers,
    body,
  };
  const signed = await signer.sign(plain, options);
  const expected = /Signature=([0-9a-f]{64})$/.exec(signed.headers["authorization"] ?? "")?.[1] ?? "";
  if (!equalInConstantTime(expected, claim.signature)) throw mismatch();
}

function queryBag(query: URLSearchParams): Record<string, string[]> {
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name)]));
}

function readDate(text: string): Date | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** The lengths aren't secret. */
function equalInConstantTime(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function invalid(message: string): ApiError {
  return new ApiError("InvalidSignatureException", 403, message);
}

function mismatch(): ApiError {
  return invalid(
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
  );
}
