import assert from "node:assert/strict";
import { accountOf, type CredentialPlan } from "../../../src/aws/credentials/plan.ts";

const keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
const roleArn = "arn:aws:iam::111122223333:role/reader";
const source: CredentialPlan = { kind: "keys", keys };
const unnamed = {
  sessionName: undefined,
  externalId: undefined,
  mfaSerial: undefined,
  durationSeconds: undefined,
  sourceProfile: undefined,
};
const session = "arn:aws:iam::111122223333:user/someone";
const sso = { startUrl: "https://example", region: "us-east-1", account: "111122223333", role: "reader" };

describe("the account that credentials belong to", () => {
  for (const [what, plan, account] of [
    ["keys, by the key", source, "AKIDEXAMPLE"],
    ["a role, whoever assumes it", { kind: "role", roleArn, source, ...unnamed }, "111122223333"],
    [
      "a web identity's role",
      { kind: "webIdentity", tokenFile: "t", roleArn, sessionName: undefined },
      "111122223333",
    ],
    [
      "a role of IAM Identity Center",
      { kind: "sso", profile: "p", session: undefined, ...sso },
      "111122223333",
    ],
    ["a console session", { kind: "login", profile: "p", session }, "111122223333"],
    [
      "a console session of which the account isn't told",
      { kind: "login", profile: "p", session: "x" },
      undefined,
    ],
    [
      "a process, which only its credentials tell",
      { kind: "process", profile: "p", command: "c" },
      undefined,
    ],
    ["this machine", { kind: "instance" }, undefined],
  ] as const satisfies readonly (readonly [string, CredentialPlan, string | undefined])[])
    it(`is known for ${what}`, () => assert.equal(accountOf(plan), account));
});
