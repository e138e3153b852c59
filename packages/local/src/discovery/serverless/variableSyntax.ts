/** One of the sources of a variable: `${self:a.b, env:X, 'literal'}` has three. */
export interface Source {
  /** `self`, `env`, `file` …; `literal` for a string or number. */
  type: string;
  /** The part in parentheses. */
  parameters: string;
  /** The part after the colon. */
  address: string;
  /** The value of a literal. */
  value?: unknown;
}

/** `self:…`, `file(./x.yml):…`, `strToBool(…)`; not CloudFormation's own `AWS::Region` and `Table.Arn`. */
const source = /^([a-zA-Z][\w-]*)(?:\(([^)]*)\))?(?::(?!:)(.*))?$/s;

/** Types that the framework and its plugins know; anything else is a string. */
const types = new Set(
  "self opt env file sls aws param strToBool ssm cf s3 git output doppler vault terraform".split(" "),
);

const MASK = "\u0000";

/** Masks CloudFormation's own variables, such as `${AWS::Region}`. */
export function maskOthers(text: string): string {
  return text.replaceAll(/\$\{(?=([^{}$]*))/g, (written, inner: string) => {
    const [first = ""] = inner.split(",");
    const type = /^\s*([a-zA-Z][\w-]*)(?:\(|:(?!:))/.exec(first)?.[1];
    // The inner part of `${file(./${…}.yml)}` is cut short here, but its type isn't.
    return type !== undefined && types.has(type) ? written : `${MASK}{`;
  });
}

/** Reverses `maskOthers`. */
export function unmask(text: string): string {
  return text.replaceAll(MASK, "$");
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
