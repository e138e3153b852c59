import { parseFunctionName } from "../functions/functionName.ts";
import type { Target } from "../functions/target.ts";
import { INVOCATION_MODES, type InvocationMode } from "../invocation/invocationSpec.ts";
import { cutText } from "../output/safeText.ts";
import { parsePayload } from "../payload/payload.ts";
import { isUserError, UserError } from "../userError.ts";

/** What a link prepares: it never sends it. */
export interface InvocationLink extends Target {
  mode: InvocationMode;
  /** JSON, as it's to be shown. */
  payload: string;
}

/** The path of links to invocations. */
const PATH = "/invoke";
/** In bytes: what comes with a link is to be read before it's used. */
const MAX_PAYLOAD = 16 * 1024;
/** In characters, with everything encoded twice. */
const MAX_QUERY = 160 * 1024;
const MAX_NAME = 256;
const MAX_SHOWN = 60;

const PARAMETERS = ["function", "connection", "qualifier", "mode", "payload"] as const;
type Parameter = (typeof PARAMETERS)[number];

/**
 * The link to an invocation; `base` is everything before its path. Values are encoded twice: the first encoding is removed
 * before an extension gets to see a link. Throws a `UserError` if the payload is too large for one.
 */
export function formatInvocationLink(link: InvocationLink, base: string): string {
  const bytes = Buffer.byteLength(link.payload);
  if (bytes > MAX_PAYLOAD)
    throw new UserError(
      `The payload has ${bytes.toLocaleString("en")} bytes, and a link takes ${MAX_PAYLOAD.toLocaleString("en")}. Copy the invocation as Markdown, or save its payload in a file.`,
    );
  const query = PARAMETERS.flatMap((name) => {
    const value = link[name];
    return value === undefined ? [] : `${name}=${encodeURIComponent(encodeURIComponent(value))}`;
  });
  return `${base}${PATH}?${query.join("&")}`;
}

/** Parses what an extension gets of a link. Links come from anywhere: throws a `UserError` for whatever isn't as it should be. */
export function parseInvocationLink({ path, query }: { path: string; query: string }): InvocationLink {
  if (path !== PATH) throw refusal(`leads to “${shown(path)}”, and ${PATH} is all there is`);
  if (query.length > MAX_QUERY) throw refusal("is too long");
  const values = parametersOf(query);
  const name = required("function", values);
  const qualifier = values.get("qualifier");
  checkFunction(name, qualifier);
  const connection = required("connection", values);
  return { function: name, qualifier, connection, mode: modeOf(values), payload: payloadOf(values) };
}

function parametersOf(query: string): ReadonlyMap<Parameter, string> {
  const values = new Map<Parameter, string>();
  for (const part of query.split("&")) {
    const [, key = "", encoded = ""] = /^([^=]*)=?([^]*)$/.exec(part) ?? [];
    const name = PARAMETERS.find((each) => each === key);
    if (name === undefined)
      throw refusal(`has an unknown parameter “${shown(key)}”. Known parameters: ${PARAMETERS.join(", ")}`);
    if (values.has(name)) throw refusal(`has the parameter “${name}” twice`);
    values.set(name, decoded(encoded, name));
  }
  return values;
}

/** JSON and names begin with other characters: where nobody has removed the first encoding yet, both are removed here. */
function decoded(encoded: string, name: Parameter): string {
  try {
    const once = decodeURIComponent(encoded);
    const value = once.startsWith("%") ? decodeURIComponent(once) : once;
    if (name !== "payload" && value.length > MAX_NAME) throw refusal(`has a “${name}” that is too long`);
    return value;
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw refusal(`has a “${name}” that isn't encoded as part of a URL`);
  }
}

function required(name: Parameter, values: ReadonlyMap<Parameter, string>): string {
  const value = values.get(name)?.trim() ?? "";
  if (value === "") throw refusal(`has no “${name}”`);
  return value;
}

/** What it was isn't repeated: it may be anything. */
function checkFunction(name: string, qualifier: string | undefined): void {
  try {
    parseFunctionName(name, qualifier);
  } catch (error) {
    if (!isUserError(error)) throw error;
    throw refusal("has a “function” that isn't a name or ARN, or a “qualifier” that doesn't go with it");
  }
}

function modeOf(values: ReadonlyMap<Parameter, string>): InvocationMode {
  const value = values.get("mode") ?? "RequestResponse";
  const mode = INVOCATION_MODES.find((each) => each === value);
  if (!mode)
    throw refusal(`has the unknown mode “${shown(value)}”. Known modes: ${INVOCATION_MODES.join(", ")}`);
  return mode;
}

function payloadOf(values: ReadonlyMap<Parameter, string>): string {
  const payload = values.get("payload") ?? "{}";
  if (Buffer.byteLength(payload) > MAX_PAYLOAD)
    throw refusal(`has a payload of more than ${MAX_PAYLOAD.toLocaleString("en")} bytes`);
  if (parsePayload(payload).kind === "problem") throw refusal("has a payload that isn't JSON");
  return payload;
}

/** Part of a message, where brackets would be a link: only what names are made of. */
export function shown(text: string): string {
  return cutText(text, MAX_SHOWN).replaceAll(/[^\w .:/$-]/g, "?");
}

function refusal(what: string): UserError {
  return new UserError(
    `The link ${what}. Nothing was opened or sent. Ask whoever made the link for another one.`,
  );
}
