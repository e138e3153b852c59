import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { start } from "../workspace.ts";
import { contractFiles, describeContract, type ContractTarget } from "./contract.ts";
import { invokeCases } from "./invokeCases.ts";
import { readCases } from "./readCases.ts";

async function open(): Promise<ContractTarget> {
  const local = await start(contractFiles);
  // StartLiveTail's host prefix doesn't resolve for a custom endpoint.
  const logs = new CloudWatchLogsClient({ ...local.address, maxAttempts: 1, disableHostPrefix: true });
  return {
    lambda: local.lambda,
    logs,
    name: (fn) => fn,
    async [Symbol.asyncDispose]() {
      logs.destroy();
      await local[Symbol.asyncDispose]();
    },
  };
}

describeContract("local: the contract of the API", open, [...invokeCases, ...readCases]);
