import type { SourcePlace } from "../../contract/state.ts";
import { noValue, type Scope } from "./intrinsics/resolved.ts";
import { isIntrinsic, resolve } from "./intrinsics/resolve.ts";
import type { Problem, Unresolved } from "../../model/localFunction.ts";
import { asText, isRecord, listText } from "./plain.ts";

/** Numbers that Lambda takes. */
export interface Range {
  least: number;
  most: number;
}

/** The properties of one function: what they give here, and a record of what could not be told. */
export class Properties {
  readonly problems: Problem[] = [];
  readonly unresolved: Unresolved[] = [];
  readonly #leftOut: LeftOut[] = [];
  #leftOutProblem: Problem | undefined;
  /** What messages begin with: the logical ID. */
  readonly title: string;
  readonly #written: Readonly<Record<string, unknown>>;
  readonly #scope: Scope;
  readonly #placeOf: (property: string) => SourcePlace;

  constructor(
    title: string,
    written: Readonly<Record<string, unknown>>,
    scope: Scope,
    placeOf: (property: string) => SourcePlace,
  ) {
    this.title = title;
    this.#written = written;
    this.#scope = scope;
    this.#placeOf = placeOf;
  }

  /** The property as it is written, or undefined. */
  written(property: string): unknown {
    return Object.hasOwn(this.#written, property) ? this.#written[property] : undefined;
  }

  placeOf(property: string): SourcePlace {
    return this.#placeOf(property);
  }

  /** Tells a person, with the place of the property. */
  report(message: string, property: string): void {
    this.problems.push({ message: `${this.title}: ${message}`, place: this.#placeOf(property) });
  }

  /** Says that something cannot be told, which leaves the function as if it were not written. */
  doubt(property: string, why: string): void {
    this.unresolved.push({ property, why });
    this.report(`${why}.`, property);
  }

  /** Says, in one sentence for all of them, that a property is as if it were not written; `shown` is what it is called. */
  leaveOut(property: string, why: string, shown = property): void {
    this.unresolved.push({ property, why });
    this.#leftOut.push({ shown, why });
    const message = `${this.title}: ${leftOutText(this.#leftOut)}`;
    if (this.#leftOutProblem) {
      this.#leftOutProblem.message = message;
      return;
    }
    this.#leftOutProblem = { message, place: this.#placeOf(property) };
    this.problems.push(this.#leftOutProblem);
  }

  /** The value of a property; undefined where it is not written, `AWS::NoValue`, or cannot be told, which is reported. */
  value(property: string): unknown {
    return this.#valueOf(this.written(property), property);
  }

  /** A text, or a number or boolean as one; undefined where there is none. */
  text(property: string): string | undefined {
    const value = this.value(property);
    if (value === undefined || value === null || value === "") return undefined;
    if (!isRecord(value) && !Array.isArray(value)) return asText(value);
    this.report(`${property} must be a text; it is left out.`, property);
    return undefined;
  }

  /** The name of the function; where there is none, or none that Lambda takes, `otherwise`. */
  functionName(property: string, otherwise: string): string {
    const name = this.text(property);
    if (name === undefined) return otherwise;
    if (/^[\w-]{1,64}$/.test(name)) return name;
    const rule = "Lambda takes up to 64 letters, digits, hyphens and underscores";
    this.report(`${property} is ${name}, but ${rule}; it is listed as ${otherwise}.`, property);
    return otherwise;
  }

  /** A whole number in a range; another one is reported, and is as if it were not written. */
  number(property: string, range: Range): number | undefined {
    return this.numberOf(this.value(property), property, range);
  }

  numberOf(value: unknown, property: string, { least, most }: Range): number | undefined {
    if (value === undefined || value === null || value === "") return undefined;
    const number = typeof value === "boolean" ? Number.NaN : Number(value);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    const limits = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
    this.report(`${property} is ${asText(value)}, but Lambda takes whole numbers ${limits}.`, property);
    return undefined;
  }

  /**
   * A mapping; an entry that cannot be told is left out alone. `path` is where it is written, where that is deeper;
   * `otherwise` has what is taken for entries that are not there, or cannot be told.
   */
  mapping(
    property: string,
    written = this.written(property),
    path = property,
    otherwise: Readonly<Record<string, unknown>> = {},
  ): Record<string, unknown> {
    const plain = isRecord(written) && !isIntrinsic(written);
    const whole = plain ? written : this.#valueOf(written ?? undefined, property);
    if (whole === undefined) return { ...otherwise };
    if (isRecord(whole)) return { ...otherwise, ...this.#entries(whole, path, otherwise) };
    this.report(`${path} must be a mapping of names and values; it is left out.`, path);
    return { ...otherwise };
  }

  #entries(
    whole: Record<string, unknown>,
    path: string,
    otherwise: Readonly<Record<string, unknown>>,
  ): Record<string, unknown> {
    const found = new Map<string, unknown>();
    for (const [key, item] of Object.entries(whole)) {
      const unsaid = Object.hasOwn(otherwise, key) && resolve(item, this.#scope).kind === "unresolved";
      const value = unsaid ? undefined : this.#valueOf(item, `${path}.${key}`, key);
      if (value !== undefined && value !== null) found.set(key, value);
    }
    return Object.fromEntries(found);
  }

  #valueOf(written: unknown, property: string, shown = property): unknown {
    if (written === undefined) return undefined;
    const resolved = resolve(written, this.#scope);
    if (resolved.kind === "value") return resolved.value === noValue ? undefined : resolved.value;
    this.leaveOut(property, resolved.why, shown);
    return undefined;
  }
}

/** What is said to be left out, and why. */
interface LeftOut {
  shown: string;
  why: string;
}

function leftOutText(all: readonly LeftOut[]): string {
  const names = (some: readonly LeftOut[]) => listText(some.map(({ shown }) => shown));
  const verb = all.length === 1 ? "is" : "are";
  const reasons = [...Map.groupBy(all, ({ why }) => why)];
  if (reasons.length === 1) return `${names(all)} ${verb} left out: ${reasons[0]?.[0]}.`;
  return `${names(all)} ${verb} left out. ${reasons.map(([why, some]) => `${names(some)}: ${why}.`).join(" ")}`;
}
