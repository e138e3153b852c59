import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import { after, before, describe, it } from "mocha";
import { functions, type Declared, type Files } from "../workspace.ts";

/** The area of a case; a target may support only some areas. */
export type Area =
  | "invoke"
  | "error type"
  | "context"
  | "request id"
  | "log tail"
  | "limits"
  | "payload check"
  | "event"
  | "dry run"
  | "qualifier"
  | "stream"
  | "throttle"
  | "runtime"
  | "read"
  | "event config"
  | "logs"
  | "live tail"
  | "key"
  | "unknown operation";

/** An endpoint that the contract is tested against. */
export interface ContractTarget extends AsyncDisposable {
  lambda: LambdaClient;
  logs: CloudWatchLogsClient;
  /** The endpoint's name for a function of `contractSources`. */
  name: (fn: keyof typeof contractSources) => string;
}

/** A behavior that clients of the API rely on. */
export interface ContractCase {
  title: string;
  areas: readonly Area[];
  run(target: ContractTarget): Promise<void>;
}

/** The functions of the cases: an ES module each, with `handler`. */
export const contractSources = {
  echo: "export const handler = async (event) => event;",
  context: "export const handler = async (event, context) => context;",
  throws: "export const handler = async () => { throw new RangeError('out of range'); };",
  size: "export const handler = async (event) => JSON.stringify(event).length;",
  talk: "export const handler = async ({ lines, width }) => { for (let n = 0; n < lines; n += 1) console.log(n, 'x'.repeat(width)); };",
  none: "export const handler = async () => 1;",
  java: "export const handler = async () => 1;",
  chunks: `export const handler = awslambda.streamifyResponse(async ({ parts, fail }, out) => {
    for (const part of parts) await new Promise((resolve) => out.write(part, resolve));
    if (fail) throw new RangeError(fail);
    out.end();
  });`,
};

const declared: Record<string, Declared> = {
  none: { more: ["ReservedConcurrentExecutions: 0"] },
  java: { runtime: "java21", handler: "example.Handler" },
};

/** The same functions as a SAM template with its code. */
export const contractFiles: Files = functions(contractSources, declared);

/** Runs the cases that apply to a target, opened once for all cases. */
export function describeContract(
  title: string,
  open: () => Promise<ContractTarget>,
  cases: readonly ContractCase[],
  applies: (area: Area) => boolean = () => true,
): void {
  describe(title, () => {
    let target: ContractTarget;
    before(async () => {
      target = await open();
    });
    after(() => target[Symbol.asyncDispose]());
    for (const one of cases.filter(({ areas }) => areas.every(applies))) it(one.title, () => one.run(target));
  });
}
