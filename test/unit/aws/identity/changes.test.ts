import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { list, NEVER, pages, sentenceOf } from "../listing.ts";
import { selfSigned } from "../certificate.ts";
import { startServer } from "../faultyServer.ts";
import type { IdentityCase } from "./cases.ts";
import { EVENT, gatewayWith, type Machine, startMachine } from "./machine.ts";
import { keyLines, secretOf } from "./standIn.ts";

const REGION = "region = eu-west-1";
const MFA = [
  "[profile dev]",
  REGION,
  "role_arn = arn:aws:iam::1:role/dev",
  "source_profile = base",
  "mfa_serial = arn:aws:iam::1:mfa/me",
];
const BASE = ["[base]", ...keyLines("AKIDBASE")];
const dev = { profile: "dev" };

function keysOf({ a }: Machine): string[] {
  return a.calls.map(({ key }) => key);
}

/** Invokes, and resolves to the error's name where that fails. */
async function send(
  gateway: ReturnType<typeof gatewayWith>,
  { connection }: Machine,
): Promise<string | undefined> {
  const reply = await (await gateway.open(connection, NEVER)).send(EVENT, NEVER);
  return reply.kind === "failure" ? reply.name : undefined;
}

function processLine(key: string, expiration?: string): string {
  const answer = { Version: 1, AccessKeyId: key, SecretAccessKey: secretOf(key), Expiration: expiration };
  return JSON.stringify(answer);
}

/** A process that notes each of its runs. */
const counting: Omit<IdentityCase, "title"> = {
  config: ["[profile dev]", REGION, `credential_process = sh -c "echo run >>{home}/runs; cat {home}/answer"`],
  connection: dev,
};

async function runs(): Promise<number> {
  const text = await readFile(`${process.env["HOME"]}/runs`, "utf8").catch(() => "");
  return text.split("run").length - 1;
}

/** The first who opens the config file reads `before`, and whoever opens it later reads `after`. */
function replacedWhileRead(config: string): void {
  execFileSync("sh", ["-c", 'rm -f "$1" && mkfifo "$1"', "sh", config]);
  const home = process.env["HOME"] ?? "";
  const program = 'exec 3>"$1" && mv "$2/after" "$1" && cat "$2/before" >&3';
  spawn("sh", ["-c", program, "sh", config, home], { stdio: "inherit" });
}

describe("credentials that change", () => {
  it("are used by the next call, where the old keys still work", async () => {
    await using machine = await startMachine({
      config: ["[profile dev]", REGION],
      credentials: ["[dev]", ...keyLines("AKIDOLD")],
      connection: dev,
    });
    using gateway = gatewayWith();
    const api = await gateway.open(machine.connection, NEVER);
    await list(api);
    await machine.own.write(".aws/credentials", "[dev]", ...keyLines("AKIDNEW"));
    await list(api);
    await api.send(EVENT, NEVER);
    assert.deepEqual(keysOf(machine), ["AKIDOLD", "AKIDNEW", "AKIDNEW"]);
  });

  it("are used where the keys that a role is assumed with are replaced", async () => {
    await using machine = await startMachine({
      config: ["[profile dev]", REGION, "role_arn = arn:aws:iam::1:role/dev", "source_profile = base"],
      credentials: BASE,
      connection: dev,
    });
    using gateway = gatewayWith();
    await send(gateway, machine);
    await machine.own.write(".aws/credentials", "[base]", ...keyLines("AKIDNEW"));
    await send(gateway, machine);
    assert.deepEqual(keysOf(machine), ["ASIAdevBYAKIDBASE", "ASIAdevBYAKIDNEW"]);
  });

  it("are used where the token of a web identity is replaced", async () => {
    await using machine = await startMachine({
      config: [
        "[profile dev]",
        REGION,
        "role_arn = arn:aws:iam::1:role/dev",
        "web_identity_token_file = {home}/token",
      ],
      files: { token: "ONE" },
      connection: dev,
    });
    using gateway = gatewayWith();
    await send(gateway, machine);
    await send(gateway, machine);
    await machine.own.writeExactly("token", "TWO");
    await send(gateway, machine);
    assert.deepEqual(keysOf(machine), ["ASIAdevBYONE", "ASIAdevBYONE", "ASIAdevBYTWO"]);
    assert.equal(machine.a.asked.length, 2);
  });

  it("are never another token's, however often it is replaced while they are asked for", async () => {
    await using machine = await startMachine({
      config: [
        "[profile dev]",
        REGION,
        "role_arn = arn:aws:iam::1:role/dev",
        "web_identity_token_file = {home}/token",
      ],
      connection: dev,
    });
    using gateway = gatewayWith();
    for (let turn = 0; turn < 100; turn++) {
      const [before, after] = [`BEFORE${turn}`, `AFTER${turn}`];
      await machine.own.writeExactly("token", before);
      const sent = send(gateway, machine);
      for (let wait = 0; wait < turn % 20; wait++) await nextTurn();
      await machine.own.writeExactly("token", after);
      await sent;
      await machine.own.writeExactly("token", before);
      await send(gateway, machine);
      assert.equal(keysOf(machine).at(-1), `ASIAdevBY${before}`);
    }
  });

  it("are used with the region and the endpoint that the profile gets", async () => {
    await using machine = await startMachine({
      config: ["[profile dev]", REGION, "endpoint_url = {a}", ...keyLines("AKIDDEV")],
      environment: { AWS_ENDPOINT_URL: "" },
      connection: dev,
    });
    using gateway = gatewayWith();
    await send(gateway, machine);
    await machine.own.write(
      ".aws/config",
      ...["[profile dev]", "region = us-east-1", "endpoint_url = {b}", ...keyLines("AKIDDEV")].map((line) =>
        machine.fill(line),
      ),
    );
    await send(gateway, machine);
    assert.deepEqual(
      [...machine.a.calls, ...machine.b.calls].map(({ region, endpoint }) => [region, endpoint]),
      [
        ["eu-west-1", machine.a.endpoint],
        ["us-east-1", machine.b.endpoint],
      ],
    );
  });

  // Windows has no named pipes in folders.
  if (process.platform !== "win32")
    it("are those that stand beside the region and the endpoint, where the file is replaced while it's read", async () => {
      await using machine = await startMachine({ environment: { AWS_ENDPOINT_URL: "" }, connection: dev });
      const lines = (region: string, endpoint: string, key: string): string[] =>
        ["[profile dev]", `region = ${region}`, `endpoint_url = ${endpoint}`, ...keyLines(key)].map((line) =>
          machine.fill(line),
        );
      const replace = async (): Promise<void> => {
        await machine.own.write("before", ...lines("eu-west-1", "{a}", "AKIDBEFORE"));
        await machine.own.write("after", ...lines("us-east-1", "{b}", "AKIDAFTER"));
        await machine.own.write(".aws/credentials", "");
        replacedWhileRead(join(process.env["HOME"] ?? "", ".aws", "config"));
      };
      using gateway = gatewayWith();
      await replace();
      await send(gateway, machine);
      await send(gateway, machine);
      assert.deepEqual(
        [...machine.a.calls, ...machine.b.calls].map(({ region, key }) => [region, key]),
        [
          ["eu-west-1", "AKIDBEFORE"],
          ["us-east-1", "AKIDAFTER"],
        ],
      );
      await replace();
      const { region, accessKeyId } = await gateway.credentials("dev");
      assert.deepEqual([region, accessKeyId], ["eu-west-1", "AKIDBEFORE"]);
    });

  it("are asked for anew once AWS refused them", async () => {
    await using machine = await startMachine({
      ...counting,
      files: { answer: processLine("AKIDOLD", "2999-01-01T00:00:00Z") },
    });
    using gateway = gatewayWith();
    assert.equal(await send(gateway, machine), undefined);
    machine.a.refused.add("AKIDOLD");
    await machine.own.writeExactly("answer", processLine("AKIDNEW", "2999-01-01T00:00:00Z"));
    assert.equal(await send(gateway, machine), "ExpiredTokenException");
    assert.equal(await send(gateway, machine), undefined);
    assert.deepEqual([keysOf(machine), await runs()], [["AKIDOLD", "AKIDNEW"], 2]);
  });

  it("are asked for anew once they end", async () => {
    await using machine = await startMachine({
      config: ["[profile dev]", REGION, "role_arn = arn:aws:iam::1:role/dev", "source_profile = base"],
      credentials: BASE,
      connection: dev,
    });
    machine.a.ends = new Date(Date.now() + 60_000);
    using gateway = gatewayWith();
    await send(gateway, machine);
    machine.a.ends = new Date(Date.now() + 3_600_000);
    await send(gateway, machine);
    await send(gateway, machine);
    assert.deepEqual(machine.a.asked, ["AssumeRole", "AssumeRole"]);
  });
});

describe("a credential_process", () => {
  it("runs once for a call that fails, and its own words are shown", async () => {
    await using machine = await startMachine({
      config: [
        "[profile dev]",
        REGION,
        `credential_process = sh -c "echo run >>{home}/runs; echo VPN is down >&2; exit 3"`,
      ],
      connection: dev,
    });
    using gateway = gatewayWith();
    const sentence = await sentenceOf(gateway.open(machine.connection, NEVER).then((api) => list(api)));
    assert.match(
      sentence,
      /^The credential_process of profile dev failed with exit code 3: VPN is down\. Run/,
    );
    assert.equal(await runs(), 1);
  });

  it("runs once for calls at the same time, and again for each invocation where it doesn't say when they end", async () => {
    await using machine = await startMachine({ ...counting, files: { answer: processLine("AKIDONE") } });
    using gateway = gatewayWith();
    await Promise.all([1, 2, 3].map(() => send(gateway, machine)));
    assert.equal(await runs(), 1);
    await machine.own.writeExactly("answer", processLine("AKIDTWO"));
    await send(gateway, machine);
    assert.deepEqual([keysOf(machine).at(-1), await runs()], ["AKIDTWO", 2]);
  });

  it("runs once until its credentials end", async () => {
    await using machine = await startMachine({
      ...counting,
      files: { answer: processLine("AKIDONE", "2999-01-01T00:00:00Z") },
    });
    using gateway = gatewayWith();
    for (let count = 0; count < 3; count++) await send(gateway, machine);
    assert.equal(await runs(), 1);
  });

  it("is stopped when nobody waits for it any more", async () => {
    const waiting = "require('http').get(process.argv[1] + '/started').end(); setInterval(() => {}, 1000)";
    const command = `credential_process = "${process.execPath}" -e "${waiting}" {a}`;
    await using machine = await startMachine({
      config: ["[profile dev]", REGION, command],
      connection: dev,
    });
    using gateway = gatewayWith();
    const api = await gateway.open(machine.connection, NEVER);
    const stop = new AbortController();
    const sent = api.send(EVENT, stop.signal);
    await machine.a.arrived(1);
    const ended = new Promise((resolve) => machine.a.connections[0]?.once("close", resolve));
    stop.abort();
    const reply = await sent;
    assert.ok(reply.kind === "failure" && !reply.sent);
    await ended;
  });
});

describe("an MFA code", () => {
  const about = { config: MFA, credentials: BASE, connection: dev };

  it("is asked for once for three regions, a renamed connection and Local, at once or one after the other", async () => {
    await using machine = await startMachine(about);
    let prompts = 0;
    using gateway = gatewayWith(() => Promise.resolve(String(123_456 + prompts++)));
    const call = async (region: string, name = "dev"): Promise<void> => {
      const connection = { ...machine.connection, name, region };
      await list(await gateway.open(connection, NEVER));
    };
    const local = (): Promise<unknown> => gateway.credentials("dev");
    await Promise.all([call("eu-west-1"), call("us-east-1"), call("ap-south-1"), local()]);
    await call("eu-west-1", "renamed");
    await call("us-east-1");
    await local();
    assert.deepEqual([prompts, machine.a.asked], [1, ["AssumeRole"]]);
    assert.deepEqual([...new Set(keysOf(machine))], ["ASIAdev-123456BYAKIDBASE"]);
    assert.deepEqual(
      new Set(machine.a.calls.map(({ region }) => region)),
      new Set(["eu-west-1", "us-east-1", "ap-south-1"]),
    );
  });

  it("is asked for once where a second role is assumed with the first", async () => {
    const second = [
      "[profile second]",
      REGION,
      "role_arn = arn:aws:iam::1:role/second",
      "source_profile = dev",
    ];
    await using machine = await startMachine({ ...about, config: [...MFA, ...second] });
    let prompts = 0;
    using gateway = gatewayWith(() => Promise.resolve(String(123_456 + prompts++)));
    const profiles = ["dev", "second"];
    await Promise.all(
      profiles.map(async (profile) => list(await gateway.open({ ...machine.connection, profile }, NEVER))),
    );
    assert.equal(prompts, 1);
    assert.deepEqual(keysOf(machine).sort(), [
      "ASIAdev-123456BYAKIDBASE",
      "ASIAsecondBYASIAdev-123456BYAKIDBASE",
    ]);
  });

  it("that is wrong, or that isn't given, is the reason, and is asked for again", async () => {
    await using machine = await startMachine(about);
    const codes = [undefined, "000000", "123456"];
    using gateway = gatewayWith(() => Promise.resolve(codes.shift()));
    assert.equal(await send(gateway, machine), "MfaCanceled");
    assert.equal(await send(gateway, machine), "MfaRefused");
    assert.equal(await send(gateway, machine), undefined);
    assert.deepEqual(machine.a.asked, ["AssumeRole", "AssumeRole"]);
  });

  it("of one device is asked for after that of another", async () => {
    const other = MFA.map((line) =>
      line.replace("profile dev", "profile other").replace(/role\/dev|mfa\/me/, "$&2"),
    );
    await using _machine = await startMachine({ ...about, config: [...MFA, ...other] });
    let open = 0;
    let most = 0;
    using gateway = gatewayWith(async () => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setImmediate(resolve));
      open--;
      return "123456";
    });
    await Promise.all(["dev", "other"].map((profile) => gateway.credentials(profile)));
    assert.equal(most, 1);
  });
});

describe("a CA bundle", () => {
  const certificate = selfSigned();
  const bundles: Record<string, Pick<IdentityCase, "environment" | "config">> = {
    "of the environment": { environment: { AWS_CA_BUNDLE: "{home}/ca.pem" } },
    "of the profile": { config: ["ca_bundle = {home}/ca.pem"] },
  };
  for (const [how, { environment = {}, config = [] }] of Object.entries(bundles)) {
    it(`${how} is trusted`, async () => {
      await using server = await startServer(pages(2), certificate);
      await using machine = await startMachine({
        config: ["[profile dev]", REGION, ...keyLines("AKIDDEV"), ...config],
        environment,
        files: { "ca.pem": certificate.cert },
        connection: { ...dev, endpoint: server.endpoint },
      });
      using gateway = gatewayWith();
      assert.equal((await list(await gateway.open(machine.connection, NEVER))).length, 2);
    });
  }

  it("that isn't there is the reason", async () => {
    await using machine = await startMachine({
      config: ["[profile dev]", REGION, ...keyLines("AKIDDEV"), "ca_bundle = {home}/gone.pem"],
      connection: dev,
    });
    using gateway = gatewayWith();
    assert.equal(await send(gateway, machine), "CaBundleUnreadable");
  });
});
