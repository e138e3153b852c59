import type { LocalFunction } from "../../model/localFunction.ts";

type Modules = Readonly<Record<string, string>>;

/**
 * The modules that Lambda's Python runtimes include, with the packages that have them.
 * Source: "Runtime-included SDK versions" of the Lambda developer guide, and what boto3 requires.
 */
const includedModules: Modules = {
  boto3: "boto3",
  botocore: "botocore",
  dateutil: "python-dateutil",
  jmespath: "jmespath",
  s3transfer: "s3transfer",
  six: "six",
  urllib3: "urllib3",
};

/**
 * What is included from a version on, by its number after `python3.`.
 * Source: "Runtime hooks for Lambda SnapStart" and "Supported runtimes for durable functions" of the Lambda developer guide.
 */
const includedSince: readonly [minor: number, modules: Modules][] = [
  [12, { snapshot_restore_py: "snapshot-restore-py" }],
  [13, { aws_durable_execution_sdk_python: "aws-durable-execution-sdk-python" }],
];

/** What is included for code in a template. Source: "cfn-response module" of the CloudFormation user guide. */
const includedInline: Modules = { cfnresponse: "cfnresponse" };

/** The modules that Lambda includes for a function, with their packages. */
export function includedFor({ runtime, unpacked }: LocalFunction): Modules {
  const version = Number(/^python3\.(\d+)$/.exec(runtime)?.[1] ?? 0);
  const since = includedSince.filter(([minor]) => version >= minor).map(([, modules]) => modules);
  return Object.assign({}, includedModules, ...since, unpacked === "template" && includedInline) as Modules;
}

/** The modules that Lambda includes for any function. */
export const moduleNames: readonly string[] = [
  includedModules,
  includedInline,
  ...includedSince.map(([, modules]) => modules),
].flatMap(Object.keys);

/** The packages to install for these modules: boto3 brings the others. */
export function packagesFor(fn: LocalFunction, modules: Iterable<string>): string[] {
  const included = includedFor(fn);
  const names = [...new Set([...modules].map((module) => included[module] ?? module))].toSorted();
  const isBrought = (name: string) => name !== "boto3" && Object.values(includedModules).includes(name);
  return names.includes("boto3") ? names.filter((name) => !isBrought(name)) : names;
}
