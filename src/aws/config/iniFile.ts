/** A setting: a string, or settings of its own where they are indented beneath it. */
export type IniValue = string | ReadonlyMap<string, string>;
/** The settings of a section, their names in lower case. */
export type IniSection = ReadonlyMap<string, IniValue>;

/** The first line of a file that breaks the format. The line isn't repeated: it may hold a secret. */
export class IniError extends Error {
  /** Counts from 1. */
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/**
 * Reads an AWS config or credentials file as the AWS CLI does, whose format is that of Python's `configparser`: a line
 * that is indented further continues the setting above it, `=` and `:` both separate, comments have lines of their own,
 * a section or a setting that is there twice is an error, and what stands in [DEFAULT] holds for every section.
 * Throws an `IniError`.
 */
export function parseIni(text: string): ReadonlyMap<string, IniSection> {
  const reader = new IniReader();
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .entries()) {
    reader.read(line, index + 1);
  }
  return reader.finish();
}

interface Setting {
  line: number;
  /** The value's lines. */
  lines: string[];
}

const SHARED_SECTION = "DEFAULT";

class IniReader {
  readonly #sections = new Map<string, Map<string, Setting>>();
  #section: Map<string, Setting> | undefined;
  #setting: Setting | undefined;
  #indentation = 0;

  read(line: string, number: number): void {
    const content = line.trim();
    if (content === "") this.#setting?.lines.push("");
    else if (!/^[#;]/.test(content)) this.#readContent(content, line.search(/\S/), number);
  }

  #readContent(content: string, indentation: number, number: number): void {
    if (this.#setting && indentation > this.#indentation) {
      this.#setting.lines.push(content);
      return;
    }
    this.#indentation = indentation;
    const header = /^\[(.+)\]/.exec(content)?.[1];
    if (header === undefined) this.#readSetting(content, number);
    else this.#beginSection(header, number);
  }

  #beginSection(name: string, number: number): void {
    const shared = name === SHARED_SECTION ? this.#sections.get(name) : undefined;
    if (this.#sections.has(name) && !shared)
      throw new IniError(number, `the section [${name}] is there twice.`);
    this.#section = shared ?? new Map();
    this.#sections.set(name, this.#section);
    this.#setting = undefined;
  }

  #readSetting(content: string, number: number): void {
    if (!this.#section) throw new IniError(number, "there is no section such as [default] above this line.");
    const separator = content.search(/[=:]/);
    const name = content.slice(0, Math.max(separator, 0)).trim().toLowerCase();
    if (name === "")
      throw new IniError(number, "a line must be a section or a setting such as name = value.");
    if (this.#section.has(name)) throw new IniError(number, `${name} is there twice in its section.`);
    this.#setting = { line: number, lines: [content.slice(separator + 1).trim()] };
    this.#section.set(name, this.#setting);
  }

  finish(): ReadonlyMap<string, IniSection> {
    const shared = this.#sections.get(SHARED_SECTION) ?? [];
    const own = [...this.#sections].filter(([name]) => name !== SHARED_SECTION);
    return new Map(
      own.map(([name, settings]) => {
        const all = [...new Map([...shared, ...settings])];
        return [name, new Map(all.map(([key, setting]) => [key, toValue(setting)]))];
      }),
    );
  }
}

function toValue({ line, lines }: Setting): IniValue {
  const value = lines.join("\n").trimEnd();
  if (!value.startsWith("\n")) return value;
  const nested = value.split("\n").flatMap((each, index): [string, string][] => {
    const separator = each.indexOf("=");
    if (each === "") return [];
    if (separator === -1) throw new IniError(line + index, "an indented line must be name = value.");
    return [[each.slice(0, separator).trim(), each.slice(separator + 1).trim()]];
  });
  return new Map(nested);
}
