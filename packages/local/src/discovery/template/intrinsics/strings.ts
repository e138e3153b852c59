import { asString, isRecord } from "../values.ts";
import { known, unresolved, type Resolved } from "./resolved.ts";

/** `Fn::Join`: `[separator, list]`. */
export function join(argument: unknown): Resolved {
  const [separator, items] = Array.isArray(argument) ? argument : [];
  if (typeof separator !== "string" || !Array.isArray(items))
    return unresolved("!Join needs a separator and a list");
  return known(items.map(asString).join(separator));
}

/** `Fn::Split`: `[separator, string]`. */
export function split(argument: unknown): Resolved {
  const [separator, text] = Array.isArray(argument) ? argument : [];
  if (typeof separator !== "string" || separator === "" || typeof text !== "string")
    return unresolved("!Split needs a separator and a string");
  return known(text.split(separator));
}

/** `Fn::Select`: `[index, list]`; an index outside the list is an error on AWS too. */
export function select(argument: unknown): Resolved {
  const [index, list] = Array.isArray(argument) ? argument : [];
  if (!Array.isArray(list) || !/^\d+$/.test(String(index)))
    return unresolved("!Select needs an index and a list");
  const found: unknown = list[Number(index)];
  return found === undefined
    ? unresolved(`!Select asks for item ${String(index)} of a list of ${list.length}`)
    : known(found);
}

/** `Fn::Base64`. */
export function base64(argument: unknown): Resolved {
  return typeof argument === "string"
    ? known(Buffer.from(argument, "utf8").toString("base64"))
    : unresolved("!Base64 needs a string");
}

/** `Fn::Length`. */
export function length(argument: unknown): Resolved {
  return Array.isArray(argument) ? known(argument.length) : unresolved("!Length needs a list");
}

/** `Fn::ToJsonString`. */
export function toJsonString(argument: unknown): Resolved {
  return isRecord(argument) || Array.isArray(argument)
    ? known(JSON.stringify(argument))
    : unresolved("!ToJsonString needs a mapping or a list");
}
