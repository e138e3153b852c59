import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { FunctionCredentials } from "../../src/contract/workspace.ts";
import { functions, refusal, start } from "../workspace.ts";

const show = `export const handler = async () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION } = process.env;
  return { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION };
};`;
const env = {
  ...process.env,
  AWS_ACCESS_KEY_ID: "AKIAPERSON",
  AWS_SECRET_ACCESS_KEY: "theirs",
  AWS_PROFILE: "theirs",
};

describe("local: a function's credentials", () => {
  it("aren't the user's own", async () => {
    await using local = await start(functions({ show }), { env });
    assert.deepEqual((await local.invoke("show")).payload, { AWS_REGION: "us-east-1" });
  });

  it("are those for functions, requested for each sandbox", async () => {
    let asked = 0;
    const functionCredentials = async (): Promise<FunctionCredentials> => {
      asked += 1;
      return {
        accessKeyId: `AKIA${asked}`,
        secretAccessKey: "secret",
        sessionToken: "token",
        region: "eu-central-1",
      };
    };
    await using local = await start(functions({ show }), { env, functionCredentials });
    const keyOf = async () =>
      ((await local.invoke("show")).payload as Record<string, string>)["AWS_ACCESS_KEY_ID"];
    assert.deepEqual((await local.invoke("show")).payload, {
      AWS_ACCESS_KEY_ID: "AKIA1",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "token",
      AWS_REGION: "eu-central-1",
    });
    assert.equal(await keyOf(), "AKIA1");
    await local.write({ "show/index.mjs": `${show}\n// newer` });
    assert.deepEqual([await keyOf(), asked], ["AKIA2", 2]);
  });

  it("end their sandbox when they expire", async () => {
    let asked = 0;
    const functionCredentials = async (): Promise<FunctionCredentials> => {
      asked += 1;
      return { accessKeyId: `AKIA${asked}`, secretAccessKey: "secret", expiration: Date.now() - 1 };
    };
    await using local = await start(functions({ show }), { functionCredentials });
    for (const key of ["AKIA1", "AKIA2"]) {
      assert.equal(
        ((await local.invoke("show")).payload as Record<string, string>)["AWS_ACCESS_KEY_ID"],
        key,
      );
    }
  });

  it("keep the function from running if they're unavailable", async () => {
    const functionCredentials = async () => {
      throw new Error("The profile sandbox has expired. Sign in again.");
    };
    await using local = await start(functions({ show }), { functionCredentials });
    const { message, status } = await refusal(local.invoke("show"));
    assert.equal(status, 502);
    assert.match(
      message,
      /^show: The function couldn't be started, because there are no credentials for it\. The profile sandbox has expired\. Sign in again\.$/,
    );
  });

  it("may be absent", async () => {
    await using local = await start(functions({ show }), { env, functionCredentials: async () => undefined });
    assert.deepEqual((await local.invoke("show")).payload, { AWS_REGION: "us-east-1" });
  });
});
