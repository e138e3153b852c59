import type { LocalFunction } from "../../model/localFunction.ts";

/**
 * The modules that Lambda's Python runtimes include, with the packages that have them.
 * Source: "Runtime-included SDK versions" of the Lambda developer guide, and what boto3 requires.
 */
const includedModules: Readonly<Record<string, string>> = {
  boto3: "boto3",
  botocore: "botocore",
  dateutil: "python-dateutil",
  jmespath: "jmespath",
  s3transfer: "s3transfer",
  six: "six",
  urllib3: "urllib3",
};

/** What is included for code in a template. Source: "cfn-response module" of the CloudFormation user guide. */
const includedInline = { cfnresponse: "cfnresponse" };

/** The modules that Lambda includes for a function, with their packages. */
export function includedFor({ unpacked }: LocalFunction): Readonly<Record<string, string>> {
  return unpacked === "template" ? { ...includedModules, ...includedInline } : includedModules;
}

/** The modules that Lambda includes for any function. */
export const moduleNames: readonly string[] = Object.keys({ ...includedModules, ...includedInline });

/** The packages to install for these modules: boto3 brings the others. */
export function packagesFor(fn: LocalFunction, modules: Iterable<string>): string[] {
  const included = includedFor(fn);
  const names = [...new Set([...modules].map((module) => included[module] ?? module))].toSorted();
  const isBrought = (name: string) => name !== "boto3" && Object.values(includedModules).includes(name);
  return names.includes("boto3") ? names.filter((name) => !isBrought(name)) : names;
}
