import { asString, isRecord, onlyEntry, recordAt, valueAt } from "../values.ts";
import { budgetSpent } from "../budget.ts";
import { and, equals, not, or, toBoolean } from "./logic.ts";
import { known, noValue, unresolved, type Resolved, type Scope } from "./resolved.ts";
import { base64, join, length, select, split, toJsonString } from "./strings.ts";

/**
 * Evaluates the intrinsic functions in a template's value, as far as that's possible locally.
 * Source: "Intrinsic function reference" of the CloudFormation user guide.
 */
export function resolve(value: unknown, scope: Scope): Resolved {
  if (!scope.budget.spend()) return unresolved(budgetSpent);
  if (Array.isArray(value)) return resolveItems(value, scope);
  if (typeof value === "string") return scope.text(value);
  if (!isRecord(value)) return known(value);
  const call = onlyEntry(value);
  if (call && (call[0] === "Ref" || call[0].startsWith("Fn::"))) return resolveCall(call[0], call[1], scope);
  const items = resolveItems(Object.entries(value), scope);
  return items.kind === "unresolved" ? items : known(Object.fromEntries(pairs(items.value)));
}

/** Evaluates a condition: `{Condition: Name}`, or an intrinsic function that returns a boolean. */
export function resolveCondition(value: unknown, scope: Scope): Resolved {
  const call = onlyEntry(value);
  if (call?.[0] === "Condition") return scope.condition(asString(call[1]));
  return resolve(value, scope);
}

/** Whether a value is a call of an intrinsic function. */
export function isIntrinsic(value: unknown): boolean {
  const name = onlyEntry(value)?.[0];
  return name !== undefined && (name === "Ref" || name.startsWith("Fn::"));
}

/** Drops the pairs whose value was `AWS::NoValue`: only their key is left. */
function pairs(items: unknown): [string, unknown][] {
  return (items as unknown[][]).filter((pair) => pair.length === 2) as [string, unknown][];
}

function resolveItems(items: readonly unknown[], scope: Scope): Resolved {
  const list: unknown[] = [];
  for (const item of items) {
    const resolved = resolve(item, scope);
    if (resolved.kind === "unresolved") return resolved;
    if (resolved.value !== noValue) list.push(resolved.value);
  }
  return known(list);
}

function resolveCall(name: string, argument: unknown, scope: Scope): Resolved {
  switch (name) {
    case "Ref":
      return scope.ref(asString(argument));
    case "Fn::GetAtt":
      return getAttribute(argument, scope);
    case "Fn::Sub":
      return substitute(argument, scope);
    case "Fn::If":
      return choose(argument, scope);
    case "Fn::FindInMap":
      return findInMap(argument, scope);
    case "Fn::And":
    case "Fn::Or":
    case "Fn::Not":
      return resolveConditions(name, argument, scope);
  }
  const evaluate = strict.get(name);
  if (!evaluate) return unresolved(whyNotEvaluated(name));
  const resolved = resolve(argument, scope);
  return resolved.kind === "unresolved" ? resolved : withinBudget(evaluate(resolved.value), scope);
}

/** A result, unless there's no budget left for its size. */
function withinBudget(resolved: Resolved, scope: Scope): Resolved {
  const { value } = resolved.kind === "value" ? resolved : { value: undefined };
  const isAffordable =
    typeof value === "string" || Array.isArray(value) ? scope.budget.spend(value.length) : true;
  return isAffordable ? resolved : unresolved(budgetSpent);
}

/** Functions whose arguments are all evaluated first. */
const strict = new Map<string, (argument: unknown) => Resolved>([
  ["Fn::Base64", base64],
  ["Fn::Equals", equals],
  ["Fn::Join", join],
  ["Fn::Length", length],
  ["Fn::Select", select],
  ["Fn::Split", split],
  ["Fn::ToJsonString", toJsonString],
]);

const deploymentOnly = new Map([
  ["Fn::Cidr", "is evaluated only at deployment"],
  ["Fn::GetAZs", "queries the account at deployment"],
  ["Fn::ImportValue", "reads another stack's output at deployment"],
  ["Fn::Transform", "runs a macro at deployment"],
]);

function whyNotEvaluated(name: string): string {
  const shortForm = `!${name.replace("Fn::", "")}`;
  const reason = deploymentOnly.get(name);
  return reason === undefined ? `Local doesn't support ${shortForm}` : `${shortForm} ${reason}`;
}

function getAttribute(argument: unknown, scope: Scope): Resolved {
  const [resource = "", ...rest] = (Array.isArray(argument) ? argument : [argument]).map(asString);
  const text = [resource, ...rest].join(".");
  const dot = text.indexOf(".");
  if (dot < 0) return unresolved(`!GetAtt ${text} doesn't name an attribute`);
  return scope.attribute(text.slice(0, dot), text.slice(dot + 1));
}

/** Evaluates only the chosen branch. */
function choose(argument: unknown, scope: Scope): Resolved {
  if (!Array.isArray(argument) || argument.length !== 3)
    return unresolved("!If needs a condition and two values");
  const condition = scope.condition(asString(argument[0]));
  if (condition.kind === "unresolved") return condition;
  return resolve(condition.value === true ? argument[1] : argument[2], scope);
}

function resolveConditions(
  name: "Fn::And" | "Fn::Or" | "Fn::Not",
  argument: unknown,
  scope: Scope,
): Resolved {
  const values: unknown[] = [];
  for (const item of Array.isArray(argument) ? argument : []) {
    const resolved = resolveCondition(item, scope);
    if (resolved.kind === "unresolved") return resolved;
    values.push(toBoolean(resolved.value));
  }
  return { "Fn::And": and, "Fn::Or": or, "Fn::Not": not }[name](values);
}

/** `[map, first key, second key]`, and `{DefaultValue: …}` with `AWS::LanguageExtensions`. */
function findInMap(argument: unknown, scope: Scope): Resolved {
  const [map, first, second, options] = Array.isArray(argument) ? argument : [];
  if (second === undefined) return unresolved("!FindInMap needs a mapping and two keys");
  const keys = resolve([map, first, second], scope);
  if (keys.kind === "unresolved") return keys;
  const [name = "", ...path] = (keys.value as unknown[]).map(asString);
  const row = recordAt(scope.mapping(name), path[0] ?? "");
  const found = valueAt(row, path[1] ?? "");
  if (found !== undefined) return known(found);
  const fallback = valueAt(options, "DefaultValue");
  if (fallback !== undefined) return resolve(fallback, scope);
  return unresolved(`the mapping ${name} has no key ${path.join(".")}`);
}

function substitute(argument: unknown, scope: Scope): Resolved {
  const [written, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const text = typeof written === "string" ? scope.text(written) : unresolved("!Sub needs a string");
  if (text.kind === "unresolved") return text;
  let failure: Resolved | undefined;
  // It matches what has no end too: to look for that end from each beginning would take the square of the time.
  const value = asString(text.value).replace(/\$\{([^}]*)(?:\}|$)/g, (each: string, name: string) => {
    if (!each.endsWith("}")) return each;
    if (name.startsWith("!")) return `\${${name.slice(1)}}`;
    if (failure) return "";
    const found = variable(name.trim(), variables, scope);
    if (found.kind === "unresolved") {
      failure = found;
      return "";
    }
    const part = asString(found.value);
    if (!scope.budget.spend(part.length)) failure = unresolved(budgetSpent);
    return part;
  });
  return failure ?? withinBudget(known(value), scope);
}

function variable(name: string, own: unknown, scope: Scope): Resolved {
  const given = valueAt(own, name);
  if (given !== undefined) return resolve(given, scope);
  const dot = name.indexOf(".");
  return dot < 0 ? scope.ref(name) : scope.attribute(name.slice(0, dot), name.slice(dot + 1));
}
