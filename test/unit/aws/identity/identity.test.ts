import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { seededRandom, shuffled } from "../../../../tools/testing/random.ts";
import { SECRETS } from "../../../../tools/testing/secrets.ts";
import { times, variation } from "../../../../tools/testing/variation.ts";
import { list, NEVER } from "../listing.ts";
import { isUserError } from "../../../../src/core/userError.ts";
import { isCredentialError } from "../../../../src/core/credentials/credentialFailures.ts";
import { hasAwsCli, listWithAwsCli } from "./awsCli.ts";
import { CASES as OTHER_CASES, type IdentityCase } from "./cases.ts";
import { EVENT, gatewayWith, type Machine, startMachine } from "./machine.ts";
import type { SeenCall } from "./standIn.ts";

import { SIGN_IN_CASES } from "./signInCases.ts";

const CASES = [...OTHER_CASES, ...SIGN_IN_CASES];
/** The AWS CLI takes a second or two for each case, so it's asked about some, and about all with `--soak`. */
const ASKED = new Set(hasAwsCli() ? drawn(CASES.filter(({ notAsked }) => notAsked === undefined)) : []);

function drawn(cases: readonly IdentityCase[]): IdentityCase[] {
  return shuffled(cases, seededRandom(variation.seed)).slice(0, times(12, cases.length));
}

function expected({ key = "", region = "eu-west-1", at = "a" }: IdentityCase, machine: Machine): SeenCall {
  return { key, region, endpoint: machine[at].endpoint };
}

function callsOf({ a, b }: Machine): SeenCall[] {
  return [...a.calls, ...b.calls];
}

/** Lists and invokes, and checks who called where; or that nothing was sent, for the reason that the case names. */
async function check(about: IdentityCase, machine: Machine): Promise<void> {
  using shown = collectShown();
  using gateway = gatewayWith();
  const api = await gateway.open(machine.connection, NEVER);
  const listed = await list(api).catch((error: unknown) => error);
  const reply = await api.send(EVENT, NEVER);
  shown.lines.push(String(listed), JSON.stringify(reply));
  assert.doesNotMatch(shown.lines.join("\n"), SECRETS);
  await checkFiles(about);
  if (about.failure === undefined) {
    assert.deepEqual(listed, [], String(listed));
    assert.equal(reply.kind, "answer", JSON.stringify(reply));
    assert.deepEqual(callsOf(machine), [expected(about, machine), expected(about, machine)]);
    return;
  }
  assert.ok(isUserError(listed) && isCredentialError(listed.cause), String(listed));
  assert.ok(reply.kind === "failure" && !reply.sent);
  assert.deepEqual([listed.cause.failure.reason, reply.credential?.reason], [about.failure, about.failure]);
  assert.match(listed.message, /^[A-Z].*\.$/);
  assert.doesNotMatch(listed.message, /secretOf|tokenOf|undefined|\n/);
  assert.deepEqual(callsOf(machine), []);
}

/** Everything that is written to the console until it is disposed of. */
function collectShown(): Disposable & { lines: string[] } {
  const lines: string[] = [];
  const methods = ["debug", "error", "info", "log", "warn"] as const;
  const before = methods.map((name) => console[name]);
  for (const name of methods) console[name] = (...parts: unknown[]) => lines.push(inspect(parts));
  return {
    lines,
    [Symbol.dispose]: () => {
      for (const [index, name] of methods.entries()) console[name] = before[index] ?? console[name];
    },
  };
}

/** No file is written, but for tokens of the AWS CLI's that were renewed: nobody else may read those. */
async function checkFiles({ config, credentials, files = {} }: IdentityCase): Promise<void> {
  const home = process.env["HOME"] ?? "";
  const given = [
    ...(config ? [".aws/config"] : []),
    ...(credentials ? [".aws/credentials"] : []),
    ...Object.keys(files),
  ];
  const found = await readdir(home, { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  assert.deepEqual(paths.sort(), given.map((path) => join(home, path)).sort());
  for (const path of Object.keys(files)) {
    const [contents, { mode }] = [await readFile(join(home, path), "utf8"), await stat(join(home, path))];
    if (/renewed/.test(contents)) assert.equal(mode & 0o077, 0, path);
  }
}

async function checkCli(about: IdentityCase, machine: Machine): Promise<void> {
  const before = callsOf(machine).length;
  const could = await listWithAwsCli(machine);
  assert.equal(could, about.failure === undefined, "the AWS CLI");
  const calls = callsOf(machine).slice(before);
  if (could) {
    assert.deepEqual(
      [...machine.a.calls, ...machine.b.calls].at(-1),
      expected(about, machine),
      "the AWS CLI",
    );
  } else assert.deepEqual(calls, []);
}

describe("who calls, where to and in which region", () => {
  for (const about of CASES) {
    it(about.title, async () => {
      await using machine = await startMachine(about);
      await check(about, machine);
      if (ASKED.has(about)) await checkCli(about, machine);
    });
  }

  it("is tried with 60 configurations or more", () => {
    assert.ok(CASES.length >= 60);
    assert.equal(new Set(CASES.map(({ title }) => title)).size, CASES.length);
  });
});
