import { functionArn, localAccount, localRegion } from "../../model/identity.ts";
import { asText, isRecord, recordAt, valueAt } from "./plain.ts";
import { toBoolean } from "./intrinsics/logic.ts";
import { resolve, resolveCondition } from "./intrinsics/resolve.ts";
import { known, noValue, unresolved, type Resolved, type Scope } from "./intrinsics/resolved.ts";
import { functionTypes, layerTypes, namedBy } from "./types.ts";

/** What a stack gets from outside of its template. */
export interface StackSettings {
  stackName: string;
  /** Values of parameters; they win over `Default`. */
  parameters: Readonly<Record<string, unknown>>;
  /** True where another stack gives them. */
  nested?: true;
}

/**
 * What names mean in a template: pseudo parameters, parameters, conditions, mappings, and resources as Local knows them.
 * Source: "Pseudo parameters reference" of the CloudFormation user guide.
 */
export function createScope(
  template: unknown,
  resources: Readonly<Record<string, unknown>>,
  settings: StackSettings,
): Scope {
  const parameters = recordAt(template, "Parameters");
  const conditions = recordAt(template, "Conditions");
  const pseudo = pseudoParameters(settings.stackName);
  const once = createGuard();
  const scope: Scope = {
    text: dynamicReference,
    ref(name) {
      if (pseudo.has(name)) return known(pseudo.get(name));
      const parameter = valueAt(parameters, name);
      if (parameter !== undefined) return parameterValue(name, parameter, settings);
      return once(name, () => resourceRef(name, resources, scope));
    },
    attribute: (id, attribute) => once(id, () => resourceAttribute(id, attribute, resources, scope)),
    condition(name) {
      const written = valueAt(conditions, name);
      if (written === undefined) return unresolved(`there is no condition ${name}`);
      return once(`the condition ${name}`, () => truth(name, resolveCondition(written, scope)));
    },
    mapping: (name) => recordAt(recordAt(template, "Mappings"), name),
  };
  return scope;
}

/** `{{resolve:ssm:…}}` and its like are looked up by CloudFormation, in the account. */
export function dynamicReference(text: string): Resolved {
  const service = /\{\{resolve:([\w-]+):/.exec(text)?.[1];
  return service === undefined ? known(text) : unresolved(`its value is read from ${service} at deployment`);
}

/** Finds what would be asked for while it is being found. */
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
  const type = asText(valueAt(parameter, "Type"));
  const value = valueAt(parameters, name);
  const hint = nested
    ? "its stack gives it none that is known here"
    : "give it a value in parameter_overrides of samconfig.toml";
  if (value === undefined && type.startsWith("AWS::SSM::Parameter::"))
    return unresolved(`the parameter ${name} is read from SSM at deployment; ${hint}`);
  const found = value ?? valueAt(parameter, "Default");
  if (found === undefined || found === null)
    return unresolved(`the parameter ${name} has no Default; ${hint}`);
  return known(/^(?:CommaDelimitedList|.*List<.*>)$/.test(type) ? toList(found) : found);
}

function toList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  const text = asText(value);
  return text === "" ? [] : text.split(",").map((item) => item.trim());
}

function resourceRef(name: string, resources: Readonly<Record<string, unknown>>, scope: Scope): Resolved {
  const [id = "", qualifier] = name.split(".");
  const resource = valueAt(resources, id);
  if (!isRecord(resource)) return unresolved(`there is no parameter or resource ${name}`);
  const type = asText(valueAt(resource, "Type"));
  const properties = recordAt(resource, "Properties");
  if (functionTypes.has(type)) return functionRef(id, qualifier, properties, scope);
  if (layerTypes.has(type)) return withName(id, properties, "LayerName", scope, layerArn);
  const explicit = valueAt(properties, namedBy.get(type) ?? "");
  return explicit === undefined ? afterDeployment(`!Ref ${name}`) : resolve(explicit, scope);
}

/** `!Ref Fn.Alias` and `!Ref Fn.Version` are SAM's, of functions with `AutoPublishAlias`. */
function functionRef(
  id: string,
  qualifier: string | undefined,
  properties: Record<string, unknown>,
  scope: Scope,
): Resolved {
  if (qualifier === undefined) return withName(id, properties, "FunctionName", scope, (name) => name);
  const alias = resolve(properties["AutoPublishAlias"], scope);
  if (alias.kind === "unresolved" || typeof alias.value !== "string" || !/^(Alias|Version)$/.test(qualifier))
    return afterDeployment(`!Ref ${id}.${qualifier}`);
  const suffix = qualifier === "Version" ? "1" : alias.value;
  return withName(id, properties, "FunctionName", scope, (name) => `${functionArn(name)}:${suffix}`);
}

function resourceAttribute(
  id: string,
  attribute: string,
  resources: Readonly<Record<string, unknown>>,
  scope: Scope,
): Resolved {
  const resource = valueAt(resources, id);
  if (!isRecord(resource)) return unresolved(`there is no resource ${id}`);
  if (functionTypes.has(asText(valueAt(resource, "Type"))) && attribute === "Arn")
    return withName(id, recordAt(resource, "Properties"), "FunctionName", scope, functionArn);
  return afterDeployment(`!GetAtt ${id}.${attribute}`);
}

function layerArn(name: string): string {
  return `arn:aws:lambda:${localRegion}:${localAccount}:layer:${name}:1`;
}

/** AWS makes a name of the logical ID where there is none; here, one that cannot be told is the logical ID. */
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
  return unresolved(`the value of ${written} is known only after deployment`);
}

function pseudoParameters(stackName: string): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    ["AWS::AccountId", localAccount],
    ["AWS::NoValue", noValue],
    ["AWS::NotificationARNs", []],
    ["AWS::Partition", "aws"],
    ["AWS::Region", localRegion],
    ["AWS::StackId", `arn:aws:cloudformation:${localRegion}:${localAccount}:stack/${stackName}/local`],
    ["AWS::StackName", stackName],
    ["AWS::URLSuffix", "amazonaws.com"],
  ]);
}
