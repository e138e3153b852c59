import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A home folder of the test's own, and an environment that knows no other; undone when it is disposed of. */
export interface OwnEnvironment extends AsyncDisposable {
  /** Writes a file in the home folder. */
  write(path: string, ...lines: string[]): Promise<void>;
  writeExactly(path: string, contents: string): Promise<void>;
}

/** Hides the machine's AWS settings from everything in this process, and sets the variables given. */
export async function ownEnvironment(variables: Record<string, string> = {}): Promise<OwnEnvironment> {
  const home = await mkdtemp(join(tmpdir(), "lambda-invoke-"));
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) if (/^AWS_/i.test(name)) delete process.env[name];
  Object.assign(process.env, {
    HOME: home,
    USERPROFILE: home,
    AWS_CONFIG_FILE: join(home, ".aws", "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(home, ".aws", "credentials"),
    AWS_EC2_METADATA_DISABLED: "true",
    ...variables,
  });
  const writeExactly = async (path: string, contents: string): Promise<void> => {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), contents);
  };
  return {
    write: (path, ...lines) => writeExactly(path, `${lines.join("\n")}\n`),
    writeExactly,
    [Symbol.asyncDispose]: async () => {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Gives the tests around it an environment of their own. */
export function useOwnEnvironment(): void {
  let own: OwnEnvironment | undefined;
  before(async () => {
    own = await ownEnvironment();
  });
  after(() => own?.[Symbol.asyncDispose]());
}
