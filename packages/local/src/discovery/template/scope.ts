import { functionArn, LOCAL_ACCOUNT, LOCAL_REGION } from "../../model/identity.ts";
import { asString, isRecord, recordAt, valueAt } from "./values.ts";
import type { Budget } from "./budget.ts";
import { toBoolean } from "./intrinsics/logic.ts";
import { resolve, resolveCondition } from "./intrinsics/resolve.ts";
import { known, noValue, unresolved, type Resolved, type Scope } from "./intrinsics/resolved.ts";
import { functionTypes, layerTypes, namedBy } from "./resourceTypes.ts";

/** What a stack gets from outside its template. */
export interface StackSettings {
  stackName: string;
  /** Where it's deployed. */
  region: string;
  /** Values of parameters; they override `Default`. */
  parameters: Readonly<Record<string, unknown>>;
  /** True where a parent stack passes them. */
  nested?: true;
  budget: Budget;
  /** What tells its functions apart from those of other stacks. */
  label: string;
  assignedNames: AssignedNames;
  /** Resolves a string, if the template has variables of another tool. */
  text?: Scope["text"];
}

/** Names that functions got because several have the declared one, by `memberKey`. */
export type AssignedNames = ReadonlyMap<string, string>;

/** Identifies a function of a template and its nested stacks. */
export function memberKey(stack: string, logicalId: string): string {
  return `${stack}\n${logicalId}`;
}

/**
 * Resolves the names in a template: pseudo parameters, parameters, conditions, mappings and resources.
 * Source: "Pseudo parameters reference" of the CloudFormation user guide.
 */
export function createScope(
  template: unknown,
  resources: Readonly<Record<string, unknown>>,
  settings: StackSettings,
): Scope {
  const parameters = recordAt(template, "Parameters");
  const conditions = recordAt(template, "Conditions");
  const pseudo = pseudoParameters(settings);
  const once = createGuard();
  const assigned = (id: string) => settings.assignedNames.get(memberKey(settings.label, id));
  const scope: Scope = {
    budget: settings.budget,
    text: settings.text ?? dynamicReference,
    ref(name) {
      if (pseudo.has(name)) return known(pseudo.get(name));
      const parameter = valueAt(parameters, name);
      if (parameter !== undefined) {
        const found = parameterValue(name, parameter, settings);
        return found.kind === "value" && typeof found.value === "string" ? scope.text(found.value) : found;
      }
      return once(name, () => resourceRef(name, { resources, assigned, scope }));
    },
    attribute: (id, attribute) =>
      once(id, () => resourceAttribute(id, attribute, { resources, assigned, scope })),
    condition(name) {
      const written = valueAt(conditions, name);
      if (written === undefined) return unresolved(`there's no condition ${name}`);
      return once(`the condition ${name}`, () => truth(name, resolveCondition(written, scope)));
    },
    mapping: (name) => recordAt(recordAt(template, "Mappings"), name),
  };
  return scope;
}

/** CloudFormation looks up dynamic references such as `{{resolve:ssm:…}}` in the account. */
export function dynamicReference(text: string): Resolved {
  const service = /\{\{resolve:([\w-]+):/.exec(text)?.[1];
  return service === undefined ? known(text) : unresolved(`its value is read from ${service} at deployment`);
}

/** Detects values that depend on themselves. */
function createGuard(): (what: string, find: () => Resolved) => Resolved {
  const active = new Set<string>();
  return (what, find) => {
    if (active.has(what)) return { ...unresolved(`${what} refers to itself`), cyclic: true };
    active.add(what);
    try {
      return find();
    } finally {
      active.delete(what);
    }
  };
}

function truth(name: string, resolved: Resolved): Resolved {
  if (resolved.kind === "unresolved") return resolved;
  const value = toBoolean(resolved.value);
  return value === undefined ? unresolved(`the condition ${name} is neither true nor false`) : known(value);
}

function parameterValue(name: string, parameter: unknown, { parameters, nested }: StackSettings): Resolved {
  const type = asString(valueAt(parameter, "Type"));
  const value = valueAt(parameters, name);
  const hint = nested
    ? "the parent stack doesn't pass a value that is known locally"
    : "set it with parameter_overrides in samconfig.toml";
  if (value === undefined && type.startsWith("AWS::SSM::Parameter::"))
    return unresolved(`the parameter ${name} is read from SSM at deployment; ${hint}`);
  const found = value ?? valueAt(parameter, "Default");
  if (found === undefined || found === null)
    return unresolved(`the parameter ${name} has no default; ${hint}`);
  return known(/^(?:CommaDelimitedList|.*List<.*>)$/.test(type) ? toList(found) : found);
}

function toList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  const text = asString(value);
  return text === "" ? [] : text.split(",").map((item) => item.trim());
}

/** The resources of a template, by logical ID. */
interface ResourceContext {
  resources: Readonly<Record<string, unknown>>;
  /** The name that a function got instead of its own. */
  assigned: (id: string) => string | undefined;
  scope: Scope;
}

function resourceRef(name: string, context: ResourceContext): Resolved {
  const { resources, scope } = context;
  const [id = "", qualifier] = name.split(".");
  const resource = valueAt(resources, id);
  if (!isRecord(resource)) return unresolved(`there's no parameter or resource ${name}`);
  const type = asString(valueAt(resource, "Type"));
  const properties = recordAt(resource, "Properties");
  if (functionTypes.has(type)) return functionRef(id, qualifier, properties, context);
  if (layerTypes.has(type)) return withName(id, properties, "LayerName", scope, layerArn);
  const explicit = valueAt(properties, namedBy.get(type) ?? "");
  return explicit === undefined ? afterDeployment(`!Ref ${name}`) : resolve(explicit, scope);
}

/** SAM's `!Ref Fn.Alias` and `!Ref Fn.Version`, for functions with `AutoPublishAlias`. */
function functionRef(
  id: string,
  qualifier: string | undefined,
  properties: Record<string, unknown>,
  context: ResourceContext,
): Resolved {
  if (qualifier === undefined) return withFunctionName(id, properties, context, (name) => name);
  const alias = resolve(properties["AutoPublishAlias"], context.scope);
  if (alias.kind === "unresolved" || typeof alias.value !== "string" || !/^(Alias|Version)$/.test(qualifier))
    return afterDeployment(`!Ref ${id}.${qualifier}`);
  const suffix = qualifier === "Version" ? "1" : alias.value;
  return withFunctionName(id, properties, context, (name) => `${functionArn(name)}:${suffix}`);
}

function withFunctionName(
  id: string,
  properties: Record<string, unknown>,
  { assigned, scope }: ResourceContext,
  use: (name: string) => string,
): Resolved {
  const name = assigned(id);
  return name === undefined ? withName(id, properties, "FunctionName", scope, use) : known(use(name));
}

function resourceAttribute(id: string, attribute: string, context: ResourceContext): Resolved {
  const resource = valueAt(context.resources, id);
  if (!isRecord(resource)) return unresolved(`there's no resource ${id}`);
  if (functionTypes.has(asString(valueAt(resource, "Type"))) && attribute === "Arn")
    return withFunctionName(id, recordAt(resource, "Properties"), context, functionArn);
  return afterDeployment(`!GetAtt ${id}.${attribute}`);
}

function layerArn(name: string): string {
  return `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:layer:${name}:1`;
}

/** The logical ID stands in for a name that's missing, for which AWS generates one, or that can't be determined. */
function withName(
  id: string,
  properties: Record<string, unknown>,
  property: string,
  scope: Scope,
  use: (name: string) => string,
): Resolved {
  const resolved = resolve(valueAt(properties, property), scope);
  if (resolved.kind === "unresolved") return resolved.cyclic ? resolved : known(use(id));
  return known(use(typeof resolved.value === "string" ? resolved.value : id));
}

function afterDeployment(written: string): Resolved {
  return unresolved(`${written} is known only after deployment`);
}

function pseudoParameters({ stackName, region }: StackSettings): ReadonlyMap<string, unknown> {
  const { partition, suffix } = partitionOf(region);
  return new Map<string, unknown>([
    ["AWS::AccountId", LOCAL_ACCOUNT],
    ["AWS::NoValue", noValue],
    ["AWS::NotificationARNs", []],
    ["AWS::Partition", partition],
    ["AWS::Region", region],
    ["AWS::StackId", `arn:${partition}:cloudformation:${region}:${LOCAL_ACCOUNT}:stack/${stackName}/local`],
    ["AWS::StackName", stackName],
    ["AWS::URLSuffix", suffix],
  ]);
}

/** Source: the table of partitions in "Amazon Resource Names" of the IAM user guide, and each partition's endpoints. */
function partitionOf(region: string): { partition: string; suffix: string } {
  if (region.startsWith("cn-")) return { partition: "aws-cn", suffix: "amazonaws.com.cn" };
  return { partition: region.startsWith("us-gov-") ? "aws-us-gov" : "aws", suffix: "amazonaws.com" };
}
