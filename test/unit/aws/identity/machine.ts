import { callOf } from "../../../support/invocations.ts";
import { createGateway } from "../../../../src/aws/gateway.ts";
import { LogCallBudgets } from "../../../../src/core/invocation/logCallBudget.ts";
import type { AwsConnection } from "../../../../src/core/connections/connection.ts";
import type { LambdaGateway } from "../../../../src/core/ports.ts";
import { machineClock } from "../../../../src/workbench/clock.ts";
import { ownEnvironment, type OwnEnvironment } from "../environment.ts";
import type { IdentityCase } from "./cases.ts";
import { type StandIn, startStandIn } from "./standIn.ts";

/** A machine with the configuration of a case, and two servers that play AWS. */
export interface Machine extends AsyncDisposable {
  a: StandIn;
  b: StandIn;
  own: OwnEnvironment;
  connection: AwsConnection;
  /** Replaces what the strings of a case stand for. */
  fill(text: string): string;
}

export async function startMachine(about: Omit<IdentityCase, "title">): Promise<Machine> {
  const [a, b] = [await startStandIn(), await startStandIn()];
  const own = await ownEnvironment();
  const home = process.env["HOME"] ?? "";
  const fill = (text: string): string => {
    return text.replaceAll("{a}", a.endpoint).replaceAll("{b}", b.endpoint).replaceAll("{home}", home);
  };
  const environment = { AWS_ENDPOINT_URL: "{a}", ...about.environment };
  for (const [name, value] of Object.entries(environment)) {
    if (value === "") delete process.env[name];
    else process.env[name] = fill(value);
  }
  if (about.config) await own.write(".aws/config", ...about.config.map(fill));
  if (about.credentials) await own.write(".aws/credentials", ...about.credentials.map(fill));
  for (const [path, contents] of Object.entries(about.files ?? {}))
    await own.writeExactly(path, fill(contents));
  const { endpoint, ...connection } = about.connection ?? {};
  return {
    a,
    b,
    own,
    fill,
    connection: {
      kind: "aws",
      name: "dev",
      ...connection,
      endpoint: endpoint && fill(endpoint),
    },
    [Symbol.asyncDispose]: async () => {
      await own[Symbol.asyncDispose]();
      await a[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
    },
  };
}

/** A gateway whose person gives that code, or backs out. */
export function gatewayWith(
  askMfaCode: () => Promise<string | undefined> = () => Promise.resolve("123456"),
): LambdaGateway & Disposable {
  const local = { address: () => Promise.reject(new Error("no local service")) };
  const gateway = createGateway({
    logCalls: new LogCallBudgets(machineClock),
    local,
    askMfaCode,
    environment: process.env,
  });
  return { ...gateway, [Symbol.dispose]: () => gateway.dispose() };
}

export const EVENT = callOf({ mode: "Event", payload: "1", logTail: false });
