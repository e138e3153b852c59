/** One of the sources of a variable: `${self:a.b, env:X, 'literal'}` has three. */
export interface Source {
  /** `self`, `env`, `file` …; `literal` for a text or number. */
  type: string;
  /** What is in parentheses. */
  parameters: string;
  /** What is behind the colon. */
  address: string;
  /** Of a literal. */
  value?: unknown;
}

/** `self:…`, `file(./x.yml):…`, `strToBool(…)`; CloudFormation's own `AWS::Region` and `Table.Arn` are none. */
const source = /^([a-zA-Z][\w-]*)(?:\(([^)]*)\))?(?::(?!:)(.*))?$/s;

/** Types that the framework and its plugins know; a word with another one is a text. */
const types = new Set(
  "self opt env file sls aws param strToBool ssm cf s3 git output doppler vault terraform".split(" "),
);

const mask = "\u0000";

/** Hides what looks like a variable but is CloudFormation's, such as `${AWS::Region}`. */
export function maskOthers(text: string): string {
  return text.replaceAll(/\$\{(?=([^{}$]*))/g, (written, inner: string) => {
    const [first = ""] = inner.split(",");
    const type = /^\s*([a-zA-Z][\w-]*)(?:\(|:(?!:))/.exec(first)?.[1];
    // The inner part of `${file(./${…}.yml)}` is cut short here, but its type is not.
    return type !== undefined && types.has(type) ? written : `${mask}{`;
  });
}

/** Shows again what `maskOthers` hid. */
export function unmask(text: string): string {
  return text.replaceAll(mask, "$");
}

/** The sources of a variable, in order. */
export function splitSources(expression: string): Source[] {
  const parts = expression.match(/(?:'[^']*'|"[^"]*"|\([^)]*\)|[^,'"(])+/g) ?? [];
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(toSource);
}

function toSource(part: string): Source {
  const [, type = "", parameters = "", address = ""] = source.exec(part) ?? [];
  const called = part.includes("(") || part.includes(":");
  if (called && types.has(type)) return { type, parameters, address: address.trim() };
  return { type: "literal", value: literal(part), parameters, address };
}

function literal(part: string): unknown {
  const quoted = /^(['"])(.*)\1$/s.exec(part);
  if (quoted) return quoted[2];
  if (part === "null") return null;
  if (part === "true" || part === "false") return part === "true";
  return /^-?\d+(?:\.\d+)?$/.test(part) ? Number(part) : part;
}
