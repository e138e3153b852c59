import assert from "node:assert/strict";
import { createGateway } from "../../../src/aws/gateway.ts";
import { LogCallBudgets } from "../../../src/core/invocation/logCallBudget.ts";
import type { AwsConnection } from "../../../src/core/connections/connection.ts";
import type { FunctionSummary } from "../../../src/core/functions/functionSummary.ts";
import type { LambdaGateway } from "../../../src/core/ports.ts";
import { machineClock } from "../../../src/workbench/clock.ts";
import { callOf } from "../../support/invocations.ts";
import { ownEnvironment, type OwnEnvironment } from "./environment.ts";
import { refuse, type Serve, startServer } from "./faultyServer.ts";
import { list, NEVER, pages, sentenceOf } from "./listing.ts";

const KEYS = { AWS_ACCESS_KEY_ID: "AKIDENV", AWS_SECRET_ACCESS_KEY: "secret" };

/** A gateway without a local service. */
function awsGateway(
  askMfaCode: (device: string) => Promise<string> = () => Promise.reject(new Error("no device")),
): LambdaGateway {
  const local = { address: () => Promise.reject(new Error("no local service")) };
  return createGateway({
    logCalls: new LogCallBudgets(machineClock),
    local,
    askMfaCode,
    environment: process.env,
  });
}

function connection(changes: Partial<AwsConnection> = {}): AwsConnection {
  return { kind: "aws", name: "prod", region: "eu-central-1", ...changes };
}

async function awsList(
  gateway: LambdaGateway,
  changes: Partial<AwsConnection> = {},
): Promise<FunctionSummary[]> {
  return list(await gateway.open(connection(changes), NEVER));
}

describe("a connection to AWS", () => {
  it("says that no region is set", async () => {
    await using _own = await ownEnvironment(KEYS);
    const { region: _region, ...without } = connection();
    const gateway = awsGateway();
    const sentence = await sentenceOf(gateway.open(without, NEVER).then((api) => list(api)));
    assert.match(sentence, /^The default profile has no region\. Add a region to the connection/);
  });

  it("has the region that its profile gets later, without a reload", async () => {
    await using server = await startServer(pages(2));
    await using own = await ownEnvironment({ ...KEYS, AWS_ENDPOINT_URL: server.endpoint });
    const { region: _region, ...without } = connection();
    const gateway = awsGateway();
    await sentenceOf(gateway.open(without, NEVER).then((api) => list(api)));
    await own.write(".aws/config", "[default]", "region = eu-west-3");
    assert.equal((await list(await gateway.open(without, NEVER))).length, 2);
    assert.match(server.requests[0]?.headers.authorization ?? "", /\/eu-west-3\/lambda\//);
  });

  it("has the region of the environment, by either of its names", async () => {
    for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION"]) {
      await using server = await startServer(pages(1));
      await using _own = await ownEnvironment({
        ...KEYS,
        AWS_ENDPOINT_URL: server.endpoint,
        [name]: "eu-north-1",
      });
      const { region: _region, ...without } = connection();
      assert.equal((await list(await awsGateway().open(without, NEVER))).length, 1, name);
      assert.match(server.requests[0]?.headers.authorization ?? "", /\/eu-north-1\/lambda\//);
    }
  });

  it("sends nothing where no region is set", async () => {
    await using _own = await ownEnvironment(KEYS);
    const { region: _region, ...without } = connection();
    const api = await awsGateway().open(without, NEVER);
    const call = callOf({ mode: "Event", payload: "1", logTail: false });
    const reply = await api.send(call, NEVER);
    assert.ok(reply.kind === "failure" && !reply.sent);
    assert.deepEqual(
      [reply.name, reply.credential],
      ["NoRegion", { reason: "noRegion", profile: undefined }],
    );
  });

  it("says that there are no credentials", async () => {
    await using _own = await ownEnvironment();
    assert.match(await sentenceOf(awsList(awsGateway())), /^No AWS credentials were found.*`aws configure`/);
  });

  it("says to sign in where the profile's SSO session is over", async () => {
    await using own = await ownEnvironment();
    await own.write(".aws/config", ...ssoProfile("work"));
    const sentence = await sentenceOf(awsList(awsGateway(), { profile: "work" }));
    assert.match(sentence, /session corp has expired.*`aws sso login --profile work`/);
  });

  it("says that a profile is not there", async () => {
    await using _own = await ownEnvironment();
    assert.match(
      await sentenceOf(awsList(awsGateway(), { profile: "gone" })),
      /^Profile gone isn't in your AWS config\. .*`aws configure --profile gone`/,
    );
  });

  it("takes new credentials after the old ones were refused, without a reload", async () => {
    await using server = await startServer(byKey("AKIDNEW"));
    await using own = await ownEnvironment({ AWS_ENDPOINT_URL_LAMBDA: server.endpoint });
    const gateway = awsGateway();
    await own.write(".aws/credentials", ...keyOf("default", "AKIDOLD"));
    assert.match(await sentenceOf(awsList(gateway)), /Renew the credentials/);
    await own.write(".aws/credentials", ...keyOf("default", "AKIDNEW"));
    assert.equal((await awsList(gateway)).length, 1);
    gateway.dispose();
  });

  it("takes credentials that came only after it was first tried", async () => {
    await using server = await startServer(byKey("AKIDNEW"));
    await using own = await ownEnvironment({ AWS_ENDPOINT_URL_LAMBDA: server.endpoint });
    const gateway = awsGateway();
    assert.match(await sentenceOf(awsList(gateway)), /No AWS credentials were found/);
    await own.write(".aws/credentials", ...keyOf("default", "AKIDNEW"));
    assert.equal((await awsList(gateway)).length, 1);
    gateway.dispose();
  });

  it("invokes with new credentials after the old ones were refused, and sends nothing twice", async () => {
    await using server = await startServer(byKey("AKIDNEW"));
    await using own = await ownEnvironment({ AWS_ENDPOINT_URL_LAMBDA: server.endpoint });
    const gateway = awsGateway();
    const call = callOf({ mode: "Event", payload: "1", logTail: false });
    await own.write(".aws/credentials", ...keyOf("work", "AKIDOLD"));
    const refused = await (await gateway.open(connection({ profile: "work" }), NEVER)).send(call, NEVER);
    assert.ok(refused.kind === "failure" && refused.name === "ExpiredTokenException");
    await own.write(".aws/credentials", ...keyOf("work", "AKIDNEW"));
    const taken = await (await gateway.open(connection({ profile: "work" }), NEVER)).send(call, NEVER);
    assert.equal(taken.kind, "answer");
    assert.equal(server.requests.length, 2);
    gateway.dispose();
  });

  it("uses the keys of its own profile, and one pair of clients for one connection", async () => {
    await using server = await startServer(pages(1));
    await using own = await ownEnvironment({ AWS_ENDPOINT_URL_LAMBDA: server.endpoint });
    await own.write(".aws/credentials", ...keyOf("a", "AKIDA"), ...keyOf("b", "AKIDB"));
    const gateway = awsGateway();
    for (const profile of ["a", "b", "a"]) await awsList(gateway, { profile });
    const keys = server.requests.map(
      ({ headers }) => /Credential=(\w+)/.exec(headers.authorization ?? "")?.[1],
    );
    assert.deepEqual(keys, ["AKIDA", "AKIDB", "AKIDA"]);
    assert.equal(server.connections.length, 2);
    gateway.dispose();
  });

  it("needs no credentials at an endpoint on this machine", async () => {
    await using server = await startServer(pages(1));
    await using _own = await ownEnvironment();
    const gateway = awsGateway();
    assert.equal((await awsList(gateway, { endpoint: server.endpoint })).length, 1);
    assert.match(server.requests[0]?.headers.authorization ?? "", /Credential=test\//);
    gateway.dispose();
  });

  it("can be cancelled while a user is asked for an MFA code, with nothing sent", async () => {
    await using own = await ownEnvironment();
    await own.write(".aws/credentials", ...keyOf("base", "AKIDBASE"));
    await own.write(
      ".aws/config",
      "[profile admin]",
      "role_arn = arn:aws:iam::123456789012:role/admin",
      "source_profile = base",
      "mfa_serial = arn:aws:iam::123456789012:mfa/me",
    );
    const stop = new AbortController();
    const asked: string[] = [];
    const gateway = awsGateway((device) => {
      asked.push(device);
      stop.abort();
      return new Promise<never>(() => {});
    });
    const api = await gateway.open(connection({ profile: "admin" }), NEVER);
    const call = callOf({ mode: "Event", payload: "1", logTail: false });
    const reply = await api.send(call, stop.signal);
    assert.deepEqual(asked, ["arn:aws:iam::123456789012:mfa/me"]);
    assert.ok(reply.kind === "failure" && !reply.sent);
  });
});

/** Answers those who sign with that key; to all others, their token has expired. */
function byKey(key: string): Serve {
  return (response, request, socket) => {
    const known = request.headers.authorization?.includes(`Credential=${key}/`) === true;
    const serve = known ? pages(1) : refuse(403, "ExpiredTokenException");
    serve(response, request, socket);
  };
}

function keyOf(profile: string, key: string): string[] {
  return [`[${profile}]`, `aws_access_key_id = ${key}`, "aws_secret_access_key = secret"];
}

/** What STS answers to AssumeRole. */
function assumedRole(ends: string): string {
  const keys = "<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>";
  const credentials = `${keys}<SessionToken>t</SessionToken><Expiration>${ends}</Expiration>`;
  const result = `<AssumeRoleResult><Credentials>${credentials}</Credentials></AssumeRoleResult>`;
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${result}</AssumeRoleResponse>`;
}

function ssoProfile(name: string): string[] {
  return [
    `[profile ${name}]`,
    "sso_session = corp",
    "sso_account_id = 123456789012",
    "sso_role_name = dev",
    "region = eu-north-1",
    "[sso-session corp]",
    "sso_region = eu-north-1",
    "sso_start_url = https://corp.invalid/start",
  ];
}

describe("the credentials of one profile", () => {
  it("are the profile's own, whatever the environment has, with its region", async () => {
    await using own = await ownEnvironment({ ...KEYS, AWS_PROFILE: "other" });
    await own.write(".aws/credentials", ...keyOf("dev", "AKIDDEV"), ...keyOf("other", "AKIDOTHER"));
    await own.write(".aws/config", "[profile dev]", "region = eu-west-2");
    assert.deepEqual(await awsGateway().credentials("dev"), {
      accessKeyId: "AKIDDEV",
      secretAccessKey: "secret",
      region: "eu-west-2",
    });
  });

  it("are read anew each time", async () => {
    await using own = await ownEnvironment();
    const gateway = awsGateway();
    for (const key of ["AKIDOLD", "AKIDNEW"]) {
      await own.write(".aws/credentials", ...keyOf("dev", key));
      assert.equal((await gateway.credentials("dev")).accessKeyId, key);
    }
  });

  it("say when they end", async () => {
    await using own = await ownEnvironment();
    const answer = { Version: 1, AccessKeyId: "AKIDP", SecretAccessKey: "s", SessionToken: "t" };
    const Expiration = "2999-01-01T00:00:00Z";
    await own.write("answer.json", JSON.stringify({ ...answer, Expiration }));
    const print = `"${process.execPath}" -p "require('fs').readFileSync(process.env.HOME + '/answer.json', 'utf8')"`;
    await own.write(".aws/config", "[profile dev]", `credential_process = ${print}`);
    const { expiration, sessionToken } = await awsGateway().credentials("dev");
    assert.deepEqual([expiration, sessionToken], [Date.parse(Expiration), "t"]);
  });

  it("that take a code of the user's are given again until they end, and asked for once at a time", async () => {
    for (const [ends, asks] of [
      ["2999-01-01T00:00:00Z", 1],
      ["2001-01-01T00:00:00Z", 2],
    ] as const) {
      await using server = await startServer((response) => response.end(assumedRole(ends)));
      await using own = await ownEnvironment({ AWS_ENDPOINT_URL_STS: server.endpoint });
      await own.write(".aws/credentials", ...keyOf("base", "AKIDBASE"));
      await own.write(
        ".aws/config",
        "[profile admin]",
        "role_arn = arn:aws:iam::123456789012:role/admin",
        "source_profile = base",
        "mfa_serial = arn:aws:iam::123456789012:mfa/me",
        "region = eu-west-1",
      );
      let asked = 0;
      const gateway = awsGateway(() => Promise.resolve(String(++asked)));
      const both = await Promise.all([gateway.credentials("admin"), gateway.credentials("admin")]);
      assert.deepEqual([...new Set(both.map(({ accessKeyId }) => accessKeyId))], ["ASIAROLE"]);
      assert.equal((await gateway.credentials("admin")).expiration, Date.parse(ends));
      assert.deepEqual([asked, server.requests.length], [asks, asks]);
    }
  });

  it("that cannot be had are said, with what to do", async () => {
    await using own = await ownEnvironment(KEYS);
    await own.write(".aws/config", ...ssoProfile("work"), "[profile empty]", "region = eu-west-1");
    const why = (profile: string): Promise<string> => sentenceOf(awsGateway().credentials(profile));
    assert.match(
      await why("gone"),
      /^Profile gone isn't in your AWS config\..* lambdaInvoke\.local\.profile/,
    );
    assert.match(await why("work"), /^The IAM Identity Center session corp .*`aws sso login --profile work`/);
    assert.match(await why("empty"), /^Profile empty has no credentials\. .*`aws configure --profile empty`/);
  });
});

describe("the profiles of this machine", () => {
  async function profiles(own: OwnEnvironment, config: string[], credentials: string[]): Promise<unknown> {
    if (config.length > 0) await own.write(".aws/config", ...config);
    if (credentials.length > 0) await own.write(".aws/credentials", ...credentials);
    return awsGateway().profiles();
  }

  it("are absent if nothing is configured", async () => {
    await using own = await ownEnvironment();
    assert.deepEqual(await profiles(own, [], []), []);
  });

  it("are those of both files, each once, the default one first, and no SSO session or service", async () => {
    await using own = await ownEnvironment();
    const config = [
      ...ssoProfile("work"),
      "[services local]",
      "lambda =",
      "  endpoint_url = http://127.0.0.1:9",
      "[default]",
      "region = eu-west-1",
      "[profile both]",
      "region = us-east-1",
    ];
    const credentials = [...keyOf("both", "A"), ...keyOf("alone", "B")];
    assert.deepEqual(await profiles(own, config, credentials), [
      { name: "default", region: "eu-west-1" },
      { name: "alone", region: undefined },
      { name: "both", region: "us-east-1" },
      { name: "work", region: "eu-north-1" },
    ]);
  });

  it("have the region of the environment, which calls use", async () => {
    await using own = await ownEnvironment({ AWS_REGION: "ap-south-1" });
    const config = ["[profile other]", "region = eu-west-1"];
    assert.deepEqual(await profiles(own, config, []), [{ name: "other", region: "ap-south-1" }]);
  });

  it("have a default one for calls that name none, where anything is set up", async () => {
    await using own = await ownEnvironment();
    const gateway = awsGateway();
    assert.equal(await gateway.defaultProfile(), undefined);
    process.env["AWS_ACCESS_KEY_ID"] = "AKIDENV";
    process.env["AWS_REGION"] = "ap-south-1";
    assert.deepEqual(await gateway.defaultProfile(), { name: "default", region: "ap-south-1" });
    process.env["AWS_PROFILE"] = "dev";
    assert.deepEqual(await gateway.defaultProfile(), { name: "dev" });
    await own.write(".aws/config", "[profile dev]");
    assert.deepEqual(await gateway.defaultProfile(), { name: "dev", region: "ap-south-1" });
  });

  it("are read anew each time", async () => {
    await using own = await ownEnvironment();
    assert.deepEqual(await profiles(own, keyOf("profile a", "A"), []), [{ name: "a", region: undefined }]);
    assert.deepEqual(await profiles(own, keyOf("profile b", "B"), []), [{ name: "b", region: undefined }]);
  });
});
