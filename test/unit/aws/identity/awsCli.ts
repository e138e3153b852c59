import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Machine } from "./machine.ts";

/** Versions of Python that pyenv looks after are in the real home folder. */
const PYENV_ROOT = process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv");

/** The AWS CLI of this machine, where there is one. */
export function hasAwsCli(): boolean {
  try {
    execFileSync("aws", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Lists functions with the AWS CLI, from the same configuration; resolves to whether it could. */
export function listWithAwsCli({ connection }: Machine): Promise<boolean> {
  const { profile, region, endpoint } = connection;
  const given = { "--profile": profile, "--region": region, "--endpoint-url": endpoint };
  const options = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [name, value],
  );
  const env = { ...process.env, ...(existsSync(PYENV_ROOT) ? { PYENV_ROOT } : {}), AWS_PAGER: "" };
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const child = execFile("aws", ["lambda", "list-functions", ...options], { env }, (error) =>
    resolve(!error),
  );
  child.stdin?.end();
  return promise;
}
