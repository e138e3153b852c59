/** What a value has that JSON doesn't, and where in the value: `items[2].when`. */
export class NotJsonError extends Error {
  override readonly name = "NotJsonError";
  readonly path: string;
  readonly found: string;

  constructor(path: string, found: string) {
    super(`${path} is ${found}, which JSON doesn't have.`);
    this.path = path;
    this.found = found;
  }
}

interface Frame {
  value: object;
  path: string;
  /** The members that are still to be written. */
  members: Iterator<readonly [string, unknown, string]>;
  isList: boolean;
  count: number;
}

/**
 * Writes a value as JSON, however deeply it's nested. A property that is `undefined` is left out; throws a `NotJsonError`
 * for anything else that JSON doesn't have, instead of writing something similar.
 */
export function jsonOf(value: unknown, name: string): string {
  const out: string[] = [];
  const frames: Frame[] = [];
  const open = new Set<object>();
  const write = (each: unknown, path: string): void => {
    const scalar = scalarOf(each, path);
    if (scalar !== undefined) return void out.push(scalar);
    const frame = openFrame(each as object, path);
    if (open.has(frame.value)) throw new NotJsonError(path, "a reference to what it's in");
    open.add(frame.value);
    frames.push(frame);
    out.push(frame.isList ? "[" : "{");
  };
  write(value, name);
  for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
    const next = frame.members.next();
    if (next.done) {
      out.push(frame.isList ? "]" : "}");
      open.delete(frame.value);
      frames.pop();
      continue;
    }
    const [label, member, path] = next.value;
    out.push(frame.count++ > 0 ? `,${label}` : label);
    write(member, path);
  }
  return out.join("");
}

/** Undefined for a list or an object. */
function scalarOf(value: unknown, path: string): string | undefined {
  if (value === null) return "null";
  if (typeof value === "object") return undefined;
  if (typeof value === "string" || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value !== "number") throw new NotJsonError(path, nameOfType(value));
  if (!Number.isFinite(value)) throw new NotJsonError(path, String(value));
  return Object.is(value, -0) ? "-0" : JSON.stringify(value);
}

function openFrame(value: object, path: string): Frame {
  const isList = Array.isArray(value);
  if (!isList && !isPlainObject(value)) throw new NotJsonError(path, nameOfType(value));
  const members = isList ? items(value, path) : properties(value, path);
  return { value, path, members, isList, count: 0 };
}

function* items(list: readonly unknown[], path: string): Generator<readonly [string, unknown, string]> {
  for (let index = 0; index < list.length; index++) yield ["", list[index], `${shorten(path)}[${index}]`];
}

function* properties(value: object, path: string): Generator<readonly [string, unknown, string]> {
  for (const [key, member] of Object.entries(value))
    if (member !== undefined) yield [`${JSON.stringify(key)}:`, member, `${shorten(path)}.${key}`];
}

/** A path is for a person: of a deep one, the end is enough. */
function shorten(path: string): string {
  return path.length > MAX_PATH ? `…${path.slice(-MAX_PATH)}` : path;
}

const MAX_PATH = 60;

/** Whether a value is an object as JSON has them, not one of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What a value is, for a person: `a string`, `an array`, `a Date`. */
export function nameOfType(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value !== "object") return typeof value === "bigint" ? "a BigInt" : `a ${typeof value}`;
  if (isPlainObject(value)) return "an object";
  const { constructor } = value;
  return typeof constructor === "function" && constructor.name !== ""
    ? `a ${constructor.name}`
    : "an object of a class";
}
