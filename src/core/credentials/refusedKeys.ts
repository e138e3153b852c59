/** Why AWS doesn't accept the keys of a request: they are expired or unknown, or the signature made with them is wrong. */
export type KeyRefusal = "expired" | "signature";

/** The names that the services of AWS give to it (AWS General Reference, Common errors; IAM, STS and Lambda API references). */
const REFUSALS: Readonly<Record<string, KeyRefusal>> = {
  ExpiredToken: "expired",
  ExpiredTokenException: "expired",
  InvalidClientTokenId: "expired",
  UnrecognizedClientException: "expired",
  InvalidSignatureException: "signature",
  SignatureDoesNotMatch: "signature",
};

/** How an error of that name refuses the keys of a request; undefined where it is about something else. */
export function keyRefusal(name: string): KeyRefusal | undefined {
  return Object.hasOwn(REFUSALS, name) ? REFUSALS[name] : undefined;
}
