import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { CredentialError } from "../../core/credentials/credentialFailures.ts";
import { IniError, type IniSection, parseIni } from "./iniFile.ts";
import { splitShellWords } from "./shellWords.ts";

type Sections = ReadonlyMap<string, IniSection>;

/** The content of the shared AWS files. If both have a setting of a profile, the credentials file's counts. */
export interface SharedConfig {
  /** The profiles of both files. */
  profiles: Sections;
  /** The profiles of each file. */
  configProfiles: Sections;
  credentialsProfiles: Sections;
  ssoSessions: Sections;
  services: Sections;
}

/** The shared AWS files of this machine. They are read on every use, and parsed when they changed. */
export class SharedConfigFiles {
  readonly #environment: NodeJS.ProcessEnv;
  #parsed: { source: string; config: SharedConfig } | undefined;

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
  }

  /** Rejects with a `CredentialError` where a file can't be read or parsed. */
  async read(): Promise<SharedConfig> {
    const files = [
      pathOf(this.#environment["AWS_CONFIG_FILE"] ?? "~/.aws/config", this.#environment),
      pathOf(this.#environment["AWS_SHARED_CREDENTIALS_FILE"] ?? "~/.aws/credentials", this.#environment),
    ] as const;
    const [config, credentials] = await Promise.all([contentsOf(files[0]), contentsOf(files[1])]);
    const source = JSON.stringify([files, config, credentials]);
    if (this.#parsed?.source !== source) {
      this.#parsed = { source, config: merge(parse(files[0], config), parse(files[1], credentials)) };
    }
    return this.#parsed.config;
  }
}

/** A setting that is a string; undefined where it is missing, or has settings of its own. */
export function stringSetting(section: IniSection | undefined, name: string): string | undefined {
  const value = section?.get(name);
  return typeof value === "string" ? value : undefined;
}

/** A path with `~` and variables of the environment replaced, as the AWS CLI does it for its files. */
export function pathOf(path: string, environment: NodeJS.ProcessEnv): string {
  const expanded = path.replace(/\$(?:\{([^}]*)\}|(\w+))/g, (all, braced, plain) => {
    return environment[String(braced ?? plain)] ?? all;
  });
  return /^~(?=[\\/]|$)/.test(expanded) ? join(homedir(), expanded.slice(1)) : expanded;
}

/** A missing file counts as an empty one. */
async function contentsOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes(code)) return "";
    throw new CredentialError({ reason: "configUnreadable", file, detail: `${code}.` }, { cause: error });
  }
}

function parse(file: string, contents: string): Sections {
  try {
    return parseIni(contents);
  } catch (error) {
    if (!(error instanceof IniError)) throw error;
    const { line, message: detail } = error;
    throw new CredentialError({ reason: "configUnreadable", file, line, detail }, { cause: error });
  }
}

/** In the config file, a profile's section is called [default] or [profile NAME]; in the credentials file, [NAME]. */
function merge(config: Sections, credentialsProfiles: Sections): SharedConfig {
  const configProfiles = new Map<string, IniSection>();
  const ssoSessions = new Map<string, IniSection>();
  const services = new Map<string, IniSection>();
  for (const [title, section] of config) {
    if (title === "default") configProfiles.set(title, section);
    else if (title.startsWith("profile")) addNamed(configProfiles, title, section);
    else if (title.startsWith("sso-session")) addNamed(ssoSessions, title, section);
    else if (title.startsWith("services")) addNamed(services, title, section);
  }
  const profiles = new Map(configProfiles);
  for (const [name, section] of credentialsProfiles) {
    profiles.set(name, new Map([...(configProfiles.get(name) ?? []), ...section]));
  }
  return { profiles, configProfiles, credentialsProfiles, ssoSessions, services };
}

function addNamed(to: Map<string, IniSection>, title: string, section: IniSection): void {
  const [, name, ...others] = splitShellWords(title) ?? [];
  if (name !== undefined && others.length === 0) to.set(name, section);
}
