import type { SourcePlace } from "../../contract/state.ts";
import type { Unresolved } from "../../model/localFunction.ts";
import type { ProblemKind, TemplateProblem } from "../../model/problem.ts";
import { noValue, type Scope } from "./intrinsics/resolved.ts";
import { isIntrinsic, resolve } from "./intrinsics/resolve.ts";
import { asString, formatList, isRecord, onlyEntry } from "./values.ts";

/** The whole numbers that Lambda accepts. */
export interface Range {
  min: number;
  max: number;
}

/** Reads the properties of one resource, and collects the problems that they have. */
export class Properties {
  readonly problems: TemplateProblem[] = [];
  readonly unresolved: Unresolved[] = [];
  readonly #ignored: IgnoredProperty[] = [];
  #ignoredProblem: TemplateProblem | undefined;
  /** The subject of the problems: the logical ID. */
  readonly subject: string;
  readonly #written: Readonly<Record<string, unknown>>;
  readonly #scope: Scope;
  readonly #placeOf: (property: string) => SourcePlace;

  constructor(
    subject: string,
    written: Readonly<Record<string, unknown>>,
    scope: Scope,
    placeOf: (property: string) => SourcePlace,
  ) {
    this.subject = subject;
    this.#written = written;
    this.#scope = scope;
    this.#placeOf = placeOf;
  }

  /** The property as written, or undefined. */
  written(property: string): unknown {
    return Object.hasOwn(this.#written, property) ? this.#written[property] : undefined;
  }

  placeOf(property: string): SourcePlace {
    return this.#placeOf(property);
  }

  /** Adds a problem at the property's place. */
  report(text: string, property: string, kind: ProblemKind = "invalidProperty"): void {
    this.problems.push({ kind, subject: this.subject, property, text, place: this.#placeOf(property) });
  }

  /** Adds a property that has the wrong shape; `why` is a clause. */
  reportInvalid(property: string, why: string): void {
    this.report(`${property} is ignored because ${why}.`, property);
  }

  /**
   * Adds a property whose value can't be determined; all of them share one problem. `why` is a clause, `label` the name
   * to show.
   */
  reportIgnored(property: string, why: string, label = property): void {
    this.unresolved.push({ property, why });
    this.#ignored.push({ label, why });
    const text = formatIgnored(this.#ignored);
    if (this.#ignoredProblem) {
      this.#ignoredProblem.text = text;
      return;
    }
    const place = this.#placeOf(property);
    this.#ignoredProblem = { kind: "unresolvedProperties", subject: this.subject, text, place };
    this.problems.push(this.#ignoredProblem);
  }

  /** The resolved value; undefined where it's missing, `AWS::NoValue`, or can't be determined, which is reported. */
  value(property: string): unknown {
    return this.#valueOf(this.written(property), property);
  }

  /** A string, number or boolean, as a string; undefined where it's missing or empty. */
  string(property: string): string | undefined {
    const value = this.value(property);
    if (value === undefined || value === null || value === "") return undefined;
    if (!isRecord(value) && !Array.isArray(value)) return asString(value);
    this.reportInvalid(property, "it isn't a string");
    return undefined;
  }

  /** The function's name, or `fallback` where there's none that Lambda accepts. */
  functionName(property: string, fallback: string): string {
    const name = this.string(property);
    if (name === undefined) return fallback;
    if (/^[\w-]{1,64}$/.test(name)) return name;
    this.report(
      `${property} is ${name}, which isn't a valid name, so the function is listed as ${fallback}. Use up to 64 letters, digits, hyphens and underscores.`,
      property,
    );
    return fallback;
  }

  /** A whole number in a range; any other number is reported and ignored. */
  number(property: string, range: Range): number | undefined {
    return this.numberOf(this.value(property), property, range);
  }

  numberOf(value: unknown, property: string, { min, max }: Range): number | undefined {
    if (value === undefined || value === null || value === "") return undefined;
    const number = typeof value === "boolean" ? Number.NaN : Number(value);
    if (Number.isInteger(number) && number >= min && number <= max) return number;
    const limits = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    this.report(`${property} is ${asString(value)}. Use a whole number ${limits}.`, property);
    return undefined;
  }

  /**
   * The items of a list, without the ones that can't be determined; each of those is reported as `label` and its number.
   * Undefined where there's no list.
   */
  items(property: string, label: string): unknown[] | undefined {
    const written = chosenBranch(this.written(property), this.#scope);
    const list = Array.isArray(written) ? written : this.value(property);
    if (list === undefined || list === null) return undefined;
    if (!Array.isArray(list)) {
      this.reportInvalid(property, "it isn't a list");
      return undefined;
    }
    return list.flatMap((item: unknown, index) => {
      const resolved = resolve(item, this.#scope);
      if (resolved.kind === "value") return resolved.value === noValue ? [] : resolved.value;
      this.reportIgnored(property, resolved.why, `${label} ${index + 1}`);
      return [];
    });
  }

  /**
   * A mapping, without the entries that can't be determined. `path` is the place of the mapping where it's nested;
   * `fallback` has the values of entries that are missing or can't be determined.
   */
  mapping(
    property: string,
    written = this.written(property),
    path = property,
    fallback: Readonly<Record<string, unknown>> = {},
  ): Record<string, unknown> {
    const isLiteral = isRecord(written) && !isIntrinsic(written);
    const whole = isLiteral ? written : this.#valueOf(written ?? undefined, property);
    if (whole === undefined) return { ...fallback };
    if (isRecord(whole)) return { ...fallback, ...this.#entries(whole, path, fallback) };
    this.reportInvalid(path, "it isn't a mapping of names to values");
    return { ...fallback };
  }

  #entries(
    whole: Record<string, unknown>,
    path: string,
    fallback: Readonly<Record<string, unknown>>,
  ): Record<string, unknown> {
    const found = new Map<string, unknown>();
    for (const [key, item] of Object.entries(whole)) {
      const usesFallback = Object.hasOwn(fallback, key) && resolve(item, this.#scope).kind === "unresolved";
      const value = usesFallback ? undefined : this.#valueOf(item, `${path}.${key}`, key);
      if (value !== undefined && value !== null) found.set(key, value);
    }
    return Object.fromEntries(found);
  }

  #valueOf(written: unknown, property: string, label = property): unknown {
    if (written === undefined) return undefined;
    const resolved = resolve(written, this.#scope);
    if (resolved.kind === "value") return resolved.value === noValue ? undefined : resolved.value;
    this.reportIgnored(property, resolved.why, label);
    return undefined;
  }
}

/** The branch of `Fn::If` as written, so that one unknown item doesn't make the others unknown. */
function chosenBranch(written: unknown, scope: Scope): unknown {
  const call = onlyEntry(written);
  if (call?.[0] !== "Fn::If" || !Array.isArray(call[1])) return written;
  const condition = scope.condition(asString(call[1][0]));
  if (condition.kind === "unresolved") return written;
  return chosenBranch(condition.value === true ? call[1][1] : call[1][2], scope);
}

interface IgnoredProperty {
  label: string;
  why: string;
}

function formatIgnored(all: readonly IgnoredProperty[]): string {
  const names = (some: readonly IgnoredProperty[]) => formatList(some.map(({ label }) => label));
  const verb = all.length === 1 ? "is" : "are";
  const reasons = [...Map.groupBy(all, ({ why }) => why)];
  if (reasons.length === 1) return `${names(all)} ${verb} ignored because ${reasons[0]?.[0]}.`;
  return `${names(all)} ${verb} ignored. ${reasons.map(([why, some]) => `${names(some)}: ${why}.`).join(" ")}`;
}
