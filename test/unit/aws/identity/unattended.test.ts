import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { needsPerson } from "../../../../src/core/credentials/needsPerson.ts";
import type { LambdaApi, LambdaGateway } from "../../../../src/core/ports.ts";
import { NEVER } from "../listing.ts";
import type { IdentityCase } from "./cases.ts";
import { EVENT, gatewayWith, type Machine, startMachine } from "./machine.ts";
import { keyLines, secretOf } from "./standIn.ts";

const REGION = "region = eu-west-1";
const connection = { profile: "dev" };
const MFA: Omit<IdentityCase, "title"> = {
  config: [
    "[profile dev]",
    REGION,
    "role_arn = arn:aws:iam::1:role/dev",
    "source_profile = base",
    "mfa_serial = arn:aws:iam::1:mfa/me",
  ],
  credentials: ["[base]", ...keyLines("AKIDBASE")],
  connection,
};
const PROCESS: Omit<IdentityCase, "title"> = {
  config: ["[profile dev]", REGION, `credential_process = sh -c "echo run >>{home}/runs; cat {home}/answer"`],
  connection,
};
const SSO: Omit<IdentityCase, "title"> = {
  config: [
    "[profile dev]",
    REGION,
    "sso_start_url = https://corp.invalid",
    "sso_region = eu-west-1",
    "sso_account_id = 111122223333",
    "sso_role_name = reader",
  ],
  connection,
};
const QUERY = { logGroup: "g", sinceMs: 0 };
const FUNCTION = { name: "f" };

describe("calls that no person has asked for", () => {
  let prompts = 0;
  beforeEach(() => (prompts = 0));
  const open = (gateway: LambdaGateway, machine: Machine): Promise<LambdaApi> =>
    gateway.open(machine.connection, NEVER, { unattended: true });
  const asking = (): ReturnType<typeof gatewayWith> =>
    gatewayWith(() => {
      prompts++;
      return Promise.resolve("123456");
    });

  for (const [what, about] of Object.entries({
    "an MFA code": MFA,
    "a credential_process": PROCESS,
    "a sign-in": SSO,
  }))
    it(`fail for a person to help where they need ${what}, and ask nobody`, async () => {
      await using machine = await startMachine(about);
      using gateway = asking();
      const api = await open(gateway, machine);
      await assert.rejects(api.eventPolicy(FUNCTION, NEVER), needsPerson);
      await assert.rejects(api.logGroup(FUNCTION, NEVER), needsPerson);
      await assert.rejects(api.searchLog(QUERY, NEVER), needsPerson);
      assert.deepEqual([prompts, machine.a.requests.length, await runs()], [0, 0, 0]);
    });

  it("use what a person's call has got", async () => {
    for (const about of [MFA, PROCESS]) {
      await using machine = await startMachine(about);
      using gateway = asking();
      const answer = { Version: 1, AccessKeyId: "AKIDP", SecretAccessKey: secretOf("AKIDP") };
      await writeFile(`${process.env["HOME"]}/answer`, JSON.stringify(answer));
      const api = await open(gateway, machine);
      await assert.rejects(api.eventPolicy(FUNCTION, NEVER), needsPerson);
      await (await gateway.open(machine.connection, NEVER)).send(EVENT, NEVER);
      const [asked, ran] = [prompts, await runs()];
      assert.equal((await api.eventPolicy(FUNCTION, NEVER))?.maximumRetryAttempts, 2);
      assert.deepEqual([prompts, await runs()], [asked, ran]);
    }
  });

  it("don't keep a person's call from asking", async () => {
    await using machine = await startMachine(MFA);
    using gateway = asking();
    const attended = await gateway.open(machine.connection, NEVER);
    const unattended = (await open(gateway, machine)).eventPolicy(FUNCTION, NEVER);
    const [reply] = await Promise.all([attended.send(EVENT, NEVER), unattended.catch(() => undefined)]);
    assert.deepEqual([reply.kind, prompts], ["answer", 1]);
  });
});

async function runs(): Promise<number> {
  const text = await readFile(`${process.env["HOME"]}/runs`, "utf8").catch(() => "");
  return text.split("run").length - 1;
}
