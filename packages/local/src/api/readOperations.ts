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
import type { CatalogEntry } from "../discovery/catalog/catalogEntries.ts";
import type { LocalFunction } from "../model/localFunction.ts";
import { functionArn } from "../model/identity.ts";
import { configuration, revisionId } from "./configuration.ts";
import { invalidParameter, notFound } from "../model/errors.ts";
import type { ResolvedFunction } from "./functionName.ts";
import { pageOf } from "./pagination.ts";

/** A response's body as the SDK types it, without the SDK's own members. */
type Body<Output> = Omit<Output, "$metadata">;
/** On the wire, times are seconds since 1970. */
type OnTheWire<Shape> = Omit<Shape, "LastModified"> & { LastModified: number };

/** ListFunctions. */
export function listFunctions(entries: ReadonlyMap<string, CatalogEntry>, query: URLSearchParams) {
  const versions = query.get("FunctionVersion");
  if (versions !== null && versions !== "ALL") throw invalidParameter("FunctionVersion must be ALL.");
  const { page, next } = pageOf([...entries.keys()], query);
  const qualifier = versions === null ? undefined : "$LATEST";
  const functions = page
    .flatMap((name) => entries.get(name) ?? [])
    .map(({ fn }) => configuration(fn, qualifier));
  return { Functions: functions, ...next } satisfies Body<ListFunctionsCommandOutput>;
}

/** ListVersionsByFunction: locally, there's only `$LATEST`. */
export function listVersions({ entry }: ResolvedFunction, query: URLSearchParams) {
  const { page, next } = pageOf(["$LATEST"], query);
  const versions = page.map((version) => configuration(entry.fn, version));
  return { Versions: versions, ...next } satisfies Body<ListVersionsByFunctionCommandOutput>;
}

/** ListAliases. */
export function listAliases({ entry: { fn } }: ResolvedFunction, query: URLSearchParams) {
  const version = query.get("FunctionVersion") ?? "$LATEST";
  const { page, next } = pageOf(version === "$LATEST" ? (fn.aliases ?? []) : [], query);
  return { Aliases: page.map((name) => alias(fn, name)), ...next } satisfies Body<ListAliasesCommandOutput>;
}

/** GetAlias. Throws an `ApiError` 404. */
export function getAlias({ entry: { fn } }: ResolvedFunction, name: string): AliasConfiguration {
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

/** GetFunctionEventInvokeConfig: the same for every qualifier. Throws an `ApiError` 404. */
export function getEventInvokeConfig(target: ResolvedFunction) {
  const found = eventInvokeConfig(target);
  if (found) return found;
  const arn = target.qualifier === undefined ? `${target.arn}:$LATEST` : target.arn;
  throw notFound(`The function ${arn} doesn't have an EventInvokeConfig`);
}

/** ListFunctionEventInvokeConfigs. */
export function listEventInvokeConfigs(target: ResolvedFunction) {
  const found = eventInvokeConfig(target);
  type List = Body<ListFunctionEventInvokeConfigsCommandOutput>;
  type Wire = Omit<List, "FunctionEventInvokeConfigs"> & {
    FunctionEventInvokeConfigs: OnTheWire<FunctionEventInvokeConfig>[];
  };
  return { FunctionEventInvokeConfigs: found ? [found] : [] } satisfies Wire;
}

function eventInvokeConfig({ entry: { fn }, arn, qualifier }: ResolvedFunction) {
  const settings = fn.eventInvoke;
  if (!settings) return undefined;
  const { maximumRetryAttempts, maximumEventAgeSeconds, onSuccess, onFailure } = settings;
  return {
    LastModified: Date.parse(configuration(fn).LastModified.replace("+0000", "Z")) / 1000,
    FunctionArn: qualifier === undefined ? `${arn}:$LATEST` : arn,
    MaximumRetryAttempts: maximumRetryAttempts,
    MaximumEventAgeInSeconds: maximumEventAgeSeconds,
    DestinationConfig: {
      OnSuccess: { Destination: onSuccess },
      OnFailure: { Destination: onFailure },
    },
  } satisfies OnTheWire<FunctionEventInvokeConfig>;
}

/** GetFunctionConcurrency: empty without reserved concurrency. */
export function getConcurrency({ entry: { fn } }: ResolvedFunction) {
  return {
    ReservedConcurrentExecutions: fn.reservedConcurrency,
  } satisfies Body<GetFunctionConcurrencyCommandOutput>;
}

/** ListTags. */
export function listTags({ entry: { fn } }: ResolvedFunction) {
  return { Tags: { ...fn.tags } } satisfies Body<ListTagsCommandOutput>;
}

const MEGABYTE = 1024 * 1024;

/** GetAccountSettings: Local's own limits where it has any, else those of a new account. */
export function accountSettings(entries: ReadonlyMap<string, CatalogEntry>, concurrency: number) {
  const functions = [...entries.values()].map(({ fn }) => fn);
  const reserved = functions.reduce((sum, fn) => sum + (fn.reservedConcurrency ?? 0), 0);
  return {
    AccountLimit: {
      TotalCodeSize: 75 * 1024 * MEGABYTE,
      CodeSizeUnzipped: 250 * MEGABYTE,
      CodeSizeZipped: 50 * MEGABYTE,
      ConcurrentExecutions: concurrency,
      UnreservedConcurrentExecutions: Math.max(0, concurrency - reserved),
    },
    AccountUsage: {
      TotalCodeSize: functions.reduce((sum, fn) => sum + configuration(fn).CodeSize, 0),
      FunctionCount: functions.length,
    },
  } satisfies Body<GetAccountSettingsCommandOutput>;
}
