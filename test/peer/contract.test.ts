import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { startServerlessOffline } from "../support/serverlessOffline.ts";
import {
  type Area,
  contractSources,
  type ContractTarget,
  describeContract,
} from "../../packages/local/test/api/contract.ts";
import { invokeCases } from "../../packages/local/test/api/invokeCases.ts";
import { readCases } from "../../packages/local/test/api/readCases.ts";

/** What serverless-offline offers of the API; it lists nothing, checks nothing, and has no logs. */
const OFFERED: ReadonlySet<Area> = new Set(["invoke", "event"]);

async function open(): Promise<ContractTarget> {
  const { none: _none, java: _java, chunks: _chunks, ...sources } = contractSources;
  const peer = await startServerlessOffline(sources);
  const credentials = { accessKeyId: "peer", secretAccessKey: "peer" };
  const options = { endpoint: peer.endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
  const [lambda, logs] = [new LambdaClient(options), new CloudWatchLogsClient(options)];
  return {
    lambda,
    logs,
    name: (fn) => peer.name(fn),
    async [Symbol.asyncDispose]() {
      lambda.destroy();
      logs.destroy();
      await peer[Symbol.asyncDispose]();
    },
  };
}

describeContract(
  "serverless-offline: the contract of the API, where it applies",
  open,
  [...invokeCases, ...readCases],
  (area) => OFFERED.has(area),
);
