import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import type { LocalAddress } from "@lambda-invoke/local/contract/service.ts";
import { ConnectionWatch } from "./agents.ts";
import type { ConnectionSettings } from "./connectionSettings.ts";
import { collectBody } from "./collectBody.ts";
import type { AwsKeys } from "./credentials/plan.ts";
import { type ConnectionTimes, invokeHandler, readHandler } from "./transport.ts";

/** A pair of clients of one connection: the one that invokes never retries, the one that reads has the SDK's retries. */
export interface Clients {
  invoker: LambdaClient;
  /** Watches the connections that the invoker makes. */
  watch: ConnectionWatch;
  reader: LambdaClient;
  /** The logs' client; its part of the SDK is loaded by the first call. */
  logs(): Promise<CloudWatchLogsClient>;
  destroy(): void;
}

type ClientOptions = NonNullable<
  ConstructorParameters<typeof LambdaClient>[0] & ConstructorParameters<typeof CloudWatchLogsClient>[0]
>;

/** How clients differ from each other. */
interface ClientRecipe {
  options: ClientOptions;
  lambdaEndpoint: string | undefined;
  logsEndpoint: string | undefined;
  certificates?: string | undefined;
}

/** Clients for AWS or another endpoint. They request the credentials for each request and keep none. */
export function awsClients(
  settings: ConnectionSettings & { region: string },
  credentials: () => Promise<AwsKeys>,
  times: ConnectionTimes,
): Clients {
  const { region, useDualstackEndpoint, useFipsEndpoint, certificates } = settings;
  // `memoized` keeps the SDK from remembering what it was given first
  const provider = Object.assign(() => credentials(), { memoized: true });
  const options = { region, useDualstackEndpoint, useFipsEndpoint, credentials: provider };
  return clients(
    {
      options,
      certificates,
      lambdaEndpoint: settings.endpoint("lambda"),
      logsEndpoint: settings.endpoint("cloudwatch_logs"),
    },
    times,
  );
}

/** Clients for the local Lambda service, with its endpoint and its key pair. */
export function localClients(address: LocalAddress, times: ConnectionTimes): Clients {
  const { endpoint, region, credentials } = address;
  // the SDK marks the object that it is given, and this one is the caller's
  const options = { region, credentials: { ...credentials } };
  return clients({ options, lambdaEndpoint: endpoint, logsEndpoint: endpoint }, times);
}

function clients(
  { certificates, lambdaEndpoint, logsEndpoint, options }: ClientRecipe,
  times: ConnectionTimes,
): Clients {
  const watch = new ConnectionWatch();
  const lambda = { ...options, ...at(lambdaEndpoint) };
  const requestHandler = invokeHandler(times, watch, certificates);
  const invoker = new LambdaClient({
    ...lambda,
    maxAttempts: 1,
    requestHandler,
    streamCollector: collectBody,
  });
  const reader = new LambdaClient({ ...lambda, requestHandler: readHandler(certificates, times) });
  let logs: Promise<CloudWatchLogsClient> | undefined;
  const newLogs = async (): Promise<CloudWatchLogsClient> => {
    const { logsClient } = await import("./logs.ts");
    const requestHandler = readHandler(certificates, times);
    // Live Tail has a host of its own on AWS, `stream-logs`, which another endpoint doesn't have.
    const disableHostPrefix = logsEndpoint !== undefined;
    return logsClient({ ...options, ...at(logsEndpoint), disableHostPrefix, requestHandler });
  };
  return {
    invoker,
    watch,
    reader,
    logs: () => (logs ??= newLogs()),
    destroy: () => {
      invoker.destroy();
      reader.destroy();
      void logs?.then((client) => client.destroy());
    },
  };
}

/** The SDK would read the endpoint of the default profile, whichever profile is used. */
function at(endpoint: string | undefined): { endpoint?: string; ignoreConfiguredEndpointUrls: true } {
  return { ...(endpoint === undefined ? {} : { endpoint }), ignoreConfiguredEndpointUrls: true };
}
