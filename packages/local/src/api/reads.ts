import type {
  AliasConfiguration,
  FunctionEventInvokeConfig,
  GetAccountSettingsCommandOutput,
  GetFunctionConcurrencyCommandOutput,
  ListAliasesCommandOutput,
  ListFunctionEventInvokeConfigsCommandOutput,
  ListFunctionsCommandOutput,
  ListTagsCommandOutput,
  ListVersionsByFunctionCommandOutput,
} from "@aws-sdk/client-lambda";
import type { Entry } from "../discovery/catalog/catalog.ts";
import type { LocalFunction } from "../model/localFunction.ts";
import { functionArn } from "../model/identity.ts";
import { configuration, revisionId } from "./configuration.ts";
import { invalidParameter, notFound } from "../model/errors.ts";
import type { Target } from "./functionName.ts";
import { pageOf } from "./page.ts";

/** A response's body: what the SDK's type says, without what the SDK adds. */
type Body<Output> = Omit<Output, "$metadata">;
/** Times are numbers on the wire: seconds since 1970. */
type OnTheWire<Shape> = Omit<Shape, "LastModified"> & { LastModified: number };

/** ListFunctions. */
export function listFunctions(entries: ReadonlyMap<string, Entry>, query: URLSearchParams) {
  const versions = query.get("FunctionVersion");
  if (versions !== null && versions !== "ALL") throw invalidParameter("FunctionVersion must be ALL.");
  const { page, next } = pageOf([...entries.keys()], query);
  const qualifier = versions === null ? undefined : "$LATEST";
  const functions = page
    .flatMap((name) => entries.get(name) ?? [])
    .map(({ fn }) => configuration(fn, qualifier));
  return { Functions: functions, ...next } satisfies Body<ListFunctionsCommandOutput>;
}

/** ListVersionsByFunction: there is only the one that the workspace holds. */
export function listVersions({ entry }: Target, query: URLSearchParams) {
  const { page, next } = pageOf(["$LATEST"], query);
  const versions = page.map((version) => configuration(entry.fn, version));
  return { Versions: versions, ...next } satisfies Body<ListVersionsByFunctionCommandOutput>;
}

/** ListAliases. */
export function listAliases({ entry: { fn } }: Target, query: URLSearchParams) {
  const version = query.get("FunctionVersion") ?? "$LATEST";
  const { page, next } = pageOf(version === "$LATEST" ? (fn.aliases ?? []) : [], query);
  return { Aliases: page.map((name) => alias(fn, name)), ...next } satisfies Body<ListAliasesCommandOutput>;
}

/** GetAlias. Throws an `ApiError` 404. */
export function getAlias({ entry: { fn } }: Target, name: string): AliasConfiguration {
  if (fn.aliases?.includes(name)) return alias(fn, name);
  throw notFound(`Cannot find alias arn: ${functionArn(fn.name)}:${name}`);
}

function alias(fn: LocalFunction, name: string) {
  return {
    AliasArn: `${functionArn(fn.name)}:${name}`,
    Name: name,
    FunctionVersion: "$LATEST",
    Description: "",
    RevisionId: revisionId(fn),
  } satisfies AliasConfiguration;
}

/** GetFunctionEventInvokeConfig: what is declared is so under every qualifier. Throws an `ApiError` 404. */
export function getEventInvokeConfig(target: Target) {
  const found = eventInvokeConfig(target);
  if (found) return found;
  const arn = target.qualifier === undefined ? `${target.arn}:$LATEST` : target.arn;
  throw notFound(`The function ${arn} doesn't have an EventInvokeConfig`);
}

/** ListFunctionEventInvokeConfigs. */
export function listEventInvokeConfigs(target: Target) {
  const found = eventInvokeConfig(target);
  type List = Body<ListFunctionEventInvokeConfigsCommandOutput>;
  type Wire = Omit<List, "FunctionEventInvokeConfigs"> & {
    FunctionEventInvokeConfigs: OnTheWire<FunctionEventInvokeConfig>[];
  };
  return { FunctionEventInvokeConfigs: found ? [found] : [] } satisfies Wire;
}

function eventInvokeConfig({ entry: { fn }, arn, qualifier }: Target) {
  const settings = fn.eventInvoke;
  if (!settings) return undefined;
  const { maximumRetryAttempts, maximumEventAgeSeconds, onSuccess, onFailure } = settings;
  return {
    LastModified: Date.parse(configuration(fn).LastModified.replace("+0000", "Z")) / 1000,
    FunctionArn: qualifier === undefined ? `${arn}:$LATEST` : arn,
    ...(maximumRetryAttempts !== undefined && { MaximumRetryAttempts: maximumRetryAttempts }),
    ...(maximumEventAgeSeconds !== undefined && { MaximumEventAgeInSeconds: maximumEventAgeSeconds }),
    DestinationConfig: {
      OnSuccess: onSuccess === undefined ? {} : { Destination: onSuccess },
      OnFailure: onFailure === undefined ? {} : { Destination: onFailure },
    },
  } satisfies OnTheWire<FunctionEventInvokeConfig>;
}

/** GetFunctionConcurrency: nothing where none is reserved. */
export function getConcurrency({ entry: { fn } }: Target) {
  const { reservedConcurrency: reserved } = fn;
  return (
    reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved }
  ) satisfies Body<GetFunctionConcurrencyCommandOutput>;
}

/** ListTags. */
export function listTags({ entry: { fn } }: Target) {
  return { Tags: { ...fn.tags } } satisfies Body<ListTagsCommandOutput>;
}

const megabyte = 1024 * 1024;

/** GetAccountSettings: the limits are Local's own where it has them, else those of a new account. */
export function accountSettings(entries: ReadonlyMap<string, Entry>, concurrency: number) {
  const functions = [...entries.values()].map(({ fn }) => fn);
  const reserved = functions.reduce((sum, fn) => sum + (fn.reservedConcurrency ?? 0), 0);
  return {
    AccountLimit: {
      TotalCodeSize: 75 * 1024 * megabyte,
      CodeSizeUnzipped: 250 * megabyte,
      CodeSizeZipped: 50 * megabyte,
      ConcurrentExecutions: concurrency,
      UnreservedConcurrentExecutions: Math.max(0, concurrency - reserved),
    },
    AccountUsage: {
      TotalCodeSize: functions.reduce((sum, fn) => sum + configuration(fn).CodeSize, 0),
      FunctionCount: functions.length,
    },
  } satisfies Body<GetAccountSettingsCommandOutput>;
}
