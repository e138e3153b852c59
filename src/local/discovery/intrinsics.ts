import { isRecord } from "./plain.ts";

/** What the names in a template mean on this machine. */
export interface Scope {
  /** The value of `Ref` and of a `Sub` variable; undefined where it is not known here. */
  ref(name: string): unknown;
  /** The value of `GetAtt`; undefined where it is not known here. */
  attribute(resource: string, attribute: string): unknown;
}

/** A value with its intrinsics replaced, or the reason why that cannot be done here. */
export type Resolved = { kind: "value"; value: unknown } | { kind: "unresolved"; why: string };

/** Stands for `AWS::NoValue`: the property is as if it were not written. */
export const noValue = Symbol("AWS::NoValue");

/**
 * Replaces the intrinsic functions in a template's value by what they give on this machine.
 * Source: "Intrinsic function reference" of the CloudFormation user guide.
 */
export function resolve(value: unknown, scope: Scope): Resolved {
  if (Array.isArray(value)) return resolveList(value, scope);
  if (!isRecord(value)) return { kind: "value", value };
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first && (first[0] === "Ref" || first[0].startsWith("Fn::"))) {
    return resolveCall(first[0], first[1], scope);
  }
  return resolveEntries(entries, scope);
}

function resolveList(items: readonly unknown[], scope: Scope): Resolved {
  const list: unknown[] = [];
  for (const item of items) {
    const resolved = resolve(item, scope);
    if (resolved.kind === "unresolved") return resolved;
    if (resolved.value !== noValue) list.push(resolved.value);
  }
  return { kind: "value", value: list };
}

function resolveEntries(entries: readonly [string, unknown][], scope: Scope): Resolved {
  const record: Record<string, unknown> = {};
  for (const [key, item] of entries) {
    const resolved = resolve(item, scope);
    if (resolved.kind === "unresolved") return resolved;
    if (resolved.value !== noValue) record[key] = resolved.value;
  }
  return { kind: "value", value: record };
}

function resolveCall(name: string, argument: unknown, scope: Scope): Resolved {
  switch (name) {
    case "Ref":
      return known(scope.ref(String(argument)), `!Ref ${String(argument)}`);
    case "Fn::GetAtt":
      return getAttribute(argument, scope);
    case "Fn::Sub":
      return substitute(argument, scope);
    case "Fn::Join":
      return join(argument, scope);
    default:
      return { kind: "unresolved", why: `!${name.replace("Fn::", "")} is not evaluated locally` };
  }
}

function known(value: unknown, written: string): Resolved {
  if (value === undefined)
    return { kind: "unresolved", why: `the value of ${written} is known only after deployment` };
  return { kind: "value", value };
}

function getAttribute(argument: unknown, scope: Scope): Resolved {
  const text = Array.isArray(argument) ? argument.join(".") : String(argument);
  const dot = text.indexOf(".");
  return known(scope.attribute(text.slice(0, dot), text.slice(dot + 1)), `!GetAtt ${text}`);
}

function join(argument: unknown, scope: Scope): Resolved {
  const resolved = resolve(argument, scope);
  if (resolved.kind === "unresolved") return resolved;
  const [separator, items] = Array.isArray(resolved.value) ? resolved.value : [];
  if (!Array.isArray(items)) return { kind: "unresolved", why: "!Join needs a separator and a list" };
  return { kind: "value", value: items.map(String).join(String(separator)) };
}

function substitute(argument: unknown, scope: Scope): Resolved {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const own = resolve(variables ?? {}, scope);
  if (own.kind === "unresolved") return own;
  const names = isRecord(own.value) ? own.value : {};
  let why: string | undefined;
  const value = String(text).replace(/\$\{([^}]*)\}/g, (written, name: string) => {
    if (name.startsWith("!")) return `\${${name.slice(1)}}`;
    const found = names[name] ?? lookUp(name.trim(), scope);
    if (found === undefined) why ??= `the value of ${written} is known only after deployment`;
    return String(found);
  });
  return why === undefined ? { kind: "value", value } : { kind: "unresolved", why };
}

function lookUp(name: string, scope: Scope): unknown {
  const dot = name.indexOf(".");
  return dot < 0 ? scope.ref(name) : scope.attribute(name.slice(0, dot), name.slice(dot + 1));
}
