/** What a function that streams an HTTP response says before its body (`HttpResponseStream` of Lambda's Node.js runtime). */
export interface HttpPrelude {
  statusCode?: number;
  headers?: Readonly<Record<string, string>>;
  cookies?: readonly string[];
}

/** What the first bytes of a stream are. */
export type PreludeSearch =
  /** More bytes are needed to tell. */
  { kind: "undecided" } | { kind: "none" } | { kind: "found"; prelude: HttpPrelude; bodyAt: number };

/** Stands between the prelude and the body. */
const DELIMITER = new Uint8Array(8);
/** A prelude that is longer isn't taken for one. */
const MAX_PRELUDE = 64 * 1024;
/** How a prelude begins; so do few other responses, which are only shown a little later. */
const BEGINNINGS = ['{"statusCode":', '{"headers":', '{"cookies":'];

/** Looks for a prelude, JSON and eight zero bytes, at the start of a stream. */
export function findPrelude(head: Uint8Array): PreludeSearch {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const end = bytes.indexOf(DELIMITER);
  if (end >= 0 && end <= MAX_PRELUDE) {
    const prelude = parsePrelude(bytes.toString("utf8", 0, end));
    return prelude ? { kind: "found", prelude, bodyAt: end + DELIMITER.length } : { kind: "none" };
  }
  const begins = (beginning: string): boolean => {
    const compared = Math.min(beginning.length, bytes.length);
    return bytes.toString("latin1", 0, compared) === beginning.slice(0, compared);
  };
  const mayBe = bytes.length <= MAX_PRELUDE && BEGINNINGS.some(begins);
  return { kind: mayBe ? "undecided" : "none" };
}

function parsePrelude(text: string): HttpPrelude | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const { statusCode, headers, cookies } = value as Record<string, unknown>;
    const prelude: HttpPrelude = {};
    if (typeof statusCode === "number") prelude.statusCode = statusCode;
    if (typeof headers === "object" && headers !== null) prelude.headers = toStrings(headers);
    if (Array.isArray(cookies)) prelude.cookies = cookies.map(String);
    return prelude;
  } catch {
    return undefined;
  }
}

function toStrings(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
