import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";

const quiet = ["--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"];

/** Runs `npm install` in a folder without any package's own scripts; throws with npm's output when it fails. */
export async function npmInstall(folder: string, ...packages: string[]): Promise<void> {
  const cli = process.env["npm_execpath"];
  const args = ["install", ...packages, ...quiet];
  const child = cli?.endsWith(".js")
    ? spawn(process.execPath, [cli, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] })
    : spawn("npm", args, {
        cwd: folder,
        stdio: ["ignore", "pipe", "pipe"],
        shell: process.platform === "win32",
      });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  if (code !== 0) throw new Error(`"npm ${args.join(" ")}" failed in ${folder}:\n${output}${errors}`);
}

/**
 * Fills a folder beside its final place and moves it there at the end, so that what is there is always whole.
 * Does nothing where the folder is already there.
 */
export async function installOnce(
  folder: string,
  what: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  if (existsSync(folder)) return folder;
  console.log(`Setting up: ${what} …`);
  const part = `${folder}.${process.pid}`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  // Without a manifest here, npm would install into the nearest project above.
  await writeFile(join(part, "package.json"), '{ "private": true }\n');
  try {
    await fill(part);
    await mkdir(dirname(folder), { recursive: true });
    await rename(part, folder);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    // Another run may have finished the same work first.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
