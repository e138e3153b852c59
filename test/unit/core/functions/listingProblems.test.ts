import assert from "node:assert/strict";
import type { CredentialFailure } from "../../../../src/core/credentials/credentialFailures.ts";
import {
  labelFor,
  ListingError,
  type ListingProblem,
  listingProblem,
  MAX_LABEL,
} from "../../../../src/core/functions/listing.ts";
import { toListingProblem } from "../../../../src/core/functions/listingProblems.ts";
import type { Failure } from "../../../../src/core/invocation/reply.ts";

const LONG = "a-profile-with-a-name-that-is-longer-than-any-row-of-the-view-is-wide";

function failure(changes: Partial<Failure>): Failure {
  return { kind: "failure", sent: true, name: "Error", message: "It failed", ...changes };
}

function ofCredentials(credential: CredentialFailure): ListingProblem {
  return toListingProblem(failure({ sent: false, credential }));
}

/** One failure of each reason, of a profile. */
function credentialFailures(profile: string): CredentialFailure[] {
  const detail = "It said no.";
  const [device, role] = ["arn:aws:iam::1:mfa/me", "arn:aws:iam::123456789012:role/admin"];
  return [
    { reason: "profileMissing", profile },
    { reason: "sourceProfileMissing", profile, source: profile },
    { reason: "sourceProfileCycle", profile, chain: [profile, profile] },
    { reason: "profileInvalid", profile, detail },
    { reason: "configUnreadable", file: `/home/${profile}`, detail },
    { reason: "noRegion", profile },
    { reason: "noCredentials", profile },
    { reason: "ssoSessionExpired", profile, signInProfile: profile, startUrl: "https://corp.invalid" },
    { reason: "ssoRoleRefused", profile, account: "123456789012", role, detail },
    { reason: "loginExpired", profile, signInProfile: profile },
    { reason: "processFailed", profile, exitCode: 1, stderr: "VPN is down" },
    { reason: "processUnattended", profile },
    { reason: "processOutputInvalid", profile, detail },
    { reason: "mfaCanceled", profile, device },
    { reason: "mfaRefused", profile, device, role, detail },
    { reason: "roleRefused", profile, role, detail },
    { reason: "sourceCredentialsRefused", profile, detail },
    { reason: "tokenFileUnreadable", profile, file: "/token", detail },
    { reason: "machineRoleUnavailable", profile, machine: "container", detail },
    { reason: "serviceUnreachable", profile, service: "IAM Identity Center", detail },
    { reason: "caBundleUnreadable", file: "/ca.pem" },
  ];
}

const REST: [Partial<Failure>, label: string][] = [
  [{ name: "AccessDeniedException", statusCode: 403 }, "Ask for lambda:ListFunctions"],
  [{ name: "HTTP 403", statusCode: 403 }, "Ask for lambda:ListFunctions"],
  [{ name: "TooManyRequestsException", statusCode: 429 }, "Wait: AWS is throttling"],
  [{ name: "ThrottlingException", statusCode: 400 }, "Wait: AWS is throttling"],
  [{ name: "HTTP 429", statusCode: 429 }, "Wait: AWS is throttling"],
  [{ name: "ExpiredTokenException", statusCode: 403 }, "Renew the credentials: they were refused"],
  [{ name: "UnrecognizedClientException", statusCode: 403 }, "Renew the credentials: they were refused"],
  [{ name: "InvalidSignatureException", statusCode: 403 }, "Check the secret key and the clock"],
  [{ name: "ENOTFOUND" }, "Check region and endpoint: not found"],
  [{ name: "ECONNREFUSED" }, "Check the endpoint: nothing listens"],
  [{ name: "EHOSTUNREACH" }, "Check network or VPN: no connection"],
  [{ name: "ConnectTimeout" }, "Check network or VPN: no connection"],
  [{ name: "ETIMEDOUT" }, "Check network or VPN: no answer"],
  [{ name: "TimeoutError" }, "Check network or VPN: no answer"],
  [{ name: "EPROTO" }, "Check the endpoint: http or https?"],
  [{ name: "CertificateError" }, "Trust the endpoint's certificate"],
  [{ name: "HTTP 407", statusCode: 407 }, "Set http.proxy: it asks for a sign-in"],
  [{ name: "HTTP 404", statusCode: 404 }, "Check the endpoint: not the Lambda API"],
  [{ name: "SyntaxError", statusCode: 200 }, "Check the endpoint: not the Lambda API"],
  [{ name: "ServiceException", statusCode: 500 }, "Refresh: AWS had an error"],
  [{ name: "HTTP 503", statusCode: 503 }, "Refresh: AWS had an error"],
  [{ name: "constructor" }, "Open the log: can't list functions"],
];

function checkLabel({ label, message }: ListingProblem): void {
  assert.ok(label.length <= MAX_LABEL, `${label.length} characters: ${label}`);
  assert.match(label, /^[A-Z][a-z]+:? /, "begins with what to do");
  assert.match(message, /^[A-Z].*\.$/s);
  assert.doesNotMatch(`${label} ${message}`, /undefined|invoke again/);
}

describe("the row of a list that failed", () => {
  for (const profile of ["dev", LONG]) {
    for (const credential of credentialFailures(profile)) {
      it(`says what to do about ${credential.reason}, in 40 characters, also for ${profile}`, () => {
        checkLabel(ofCredentials(credential));
      });
    }
  }

  for (const [changes, label] of REST) {
    it(`says “${label}” of ${changes.name}`, () => {
      const problem = toListingProblem(failure(changes));
      assert.equal(problem.label, label);
      checkLabel(problem);
    });
  }

  it("names the profile of the sign-in that solves it, and how to sign in", () => {
    const startUrl = "https://corp.invalid/start";
    const sso = { reason: "ssoSessionExpired", profile: "prod", signInProfile: "base", startUrl } as const;
    const { label, signIn } = ofCredentials(sso);
    assert.deepEqual([label, signIn], ["Sign in to base", { kind: "sso", profile: "base" }]);
    const login = ofCredentials({ reason: "loginExpired", profile: undefined, signInProfile: "default" });
    assert.deepEqual(
      [login.label, login.signIn],
      ["Sign in to default", { kind: "login", profile: "default" }],
    );
  });

  it("offers a sign-in, another code or the name of a function only where that helps", () => {
    const all = credentialFailures("dev").map((each) => [each.reason, ofCredentials(each)] as const);
    const withSignIn = all.filter(([, { signIn }]) => signIn).map(([reason]) => reason);
    assert.deepEqual(withSignIn, ["ssoSessionExpired", "loginExpired"]);
    const again = all.filter(([, { asksAgain }]) => asksAgain).map(([reason]) => reason);
    assert.deepEqual(again, ["mfaCanceled", "mfaRefused"]);
    const rest = REST.map(([changes]) => [changes.name, toListingProblem(failure(changes))] as const);
    const pending = rest.filter(([, { canInvoke }]) => canInvoke).map(([name]) => name);
    assert.deepEqual(pending, ["AccessDeniedException", "HTTP 403"]);
  });

  it("is decided by types and codes, whatever the message says", () => {
    const message = "The SSO session has expired. Run aws sso login. AccessDenied. Rate exceeded.";
    const problem = toListingProblem(failure({ name: "ECONNREFUSED", message }));
    assert.deepEqual(
      [problem.label, problem.signIn, problem.throttled],
      ["Check the endpoint: nothing listens", undefined, undefined],
    );
  });

  it("knows where a throttled list goes on, and when", () => {
    const throttled = failure({ name: "TooManyRequestsException", statusCode: 429, retryAfterMs: 5000 });
    assert.deepEqual(toListingProblem(throttled, "page 3").throttled, {
      marker: "page 3",
      retryAfterMs: 5000,
    });
  });

  it("is known again from an error of another bundle, and made for any other error", () => {
    const problem = { label: "Wait", message: "Wait a little." };
    assert.equal(listingProblem(new ListingError(problem)), problem);
    const other = listingProblem(new Error("The service can't start."));
    assert.deepEqual(
      [other.label, other.message],
      ["Open the log: can't list functions", "The service can't start."],
    );
    assert.ok(other.label.length <= MAX_LABEL);
  });

  it("shortens a name only if it doesn't fit", () => {
    const exact = "x".repeat(MAX_LABEL - "Sign in to ".length);
    assert.equal(labelFor("Sign in to", exact), `Sign in to ${exact}`);
    const longer = labelFor("Sign in to", `${exact}y`);
    assert.deepEqual([longer.length, longer.at(-1)], [MAX_LABEL, "…"]);
  });
});
