import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Boundary } from "../code/boundary.ts";
import type { CodeStore } from "../code/store.ts";
import type { CodeSource, DeclaredFunction } from "../template/declared.ts";
import { handlerExists } from "../workspace/handlers.ts";
import type { LocalFunction, Problem } from "../../model/localFunction.ts";
import { notEmpty, optional } from "../template/plain.ts";
import type { TrackedSources } from "./sources.ts";

/** Where code is looked for, and put. */
export interface CodeHost {
  boundary: Boundary;
  store: CodeStore;
  sources: TrackedSources;
}

type Found = { kind: "folder"; folder: string } | { kind: "refused"; message: string };

/** Finds the code of a function and of its layers; what is not there, or not allowed, is a problem. */
export async function materialize(
  declared: DeclaredFunction,
  host: CodeHost,
  signal: AbortSignal,
): Promise<{ fn: LocalFunction; problems: readonly Problem[] }> {
  const { code, cannotRun, layers: _layers, ...rest } = declared;
  const unable = (message: string): LocalFunction => ({
    ...rest,
    codeRoot: dirname(declared.place.file),
    cannotRun: `${declared.name}: ${message}`,
  });
  if (cannotRun !== undefined) return { fn: unable(cannotRun), problems: [] };
  const found = await find(code, declared.runtime, host, signal);
  if (found.kind === "refused") {
    const place = code.kind === "inline" ? declared.place : code.place;
    const problem = { message: `${declared.logicalId}: ${found.message}`, place };
    const said = code.kind === "absent" && code.said === true;
    return { fn: unable(found.message), problems: said ? [] : [problem] };
  }
  const { layers, layerArns, problems } = await findLayers(declared, host, signal);
  const fn = {
    ...rest,
    codeRoot: found.folder,
    ...optional("layers", notEmpty(layers)),
    ...optional("layerArns", notEmpty(layerArns)),
  };
  return { fn: built(fn, declared, host), problems };
}

async function findLayers(declared: DeclaredFunction, host: CodeHost, signal: AbortSignal) {
  const layers: string[] = [];
  const layerArns: string[] = [];
  const problems: Problem[] = [];
  for (const { arn, builtAs, content } of declared.layers) {
    const found = await find(content, declared.runtime, host, signal);
    if (found.kind === "folder") {
      layers.push(builtLayer(builtAs, declared, host) ?? found.folder);
      layerArns.push(arn);
    } else {
      const name = arn.split(":")[6] ?? arn;
      const place = content.kind === "inline" ? declared.place : content.place;
      problems.push({
        message: `${declared.logicalId}: the layer ${name} is left out: ${found.message}`,
        place,
      });
    }
  }
  return { layers, layerArns, problems };
}

async function find(code: CodeSource, runtime: string, host: CodeHost, signal: AbortSignal): Promise<Found> {
  switch (code.kind) {
    case "absent":
      return { kind: "refused", message: code.message };
    case "inline":
      return { kind: "folder", folder: await host.store.write(code.text, runtime) };
    case "path":
      return findPath(code.path, code.property, host, signal);
  }
}

async function findPath(path: string, property: string, host: CodeHost, signal: AbortSignal): Promise<Found> {
  if (!host.boundary.allows(path))
    return refused(
      `its code, ${path}, is outside of the workspace; add its folder, or turn on lambdaInvoke.local.outsideAllowed.`,
    );
  host.sources.note(path);
  const stats = statSync(path, { throwIfNoEntry: false });
  // What is not there may be built any moment; that its handler is missing is said where that is looked for.
  if (!stats || stats.isDirectory()) return { kind: "folder", folder: path };
  if (!/\.(?:zip|jar)$/i.test(path))
    return refused(`its code, ${path}, is a file; ${property} must be a folder or a zip.`);
  try {
    return { kind: "folder", folder: await host.store.unpack(path, signal) };
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    return refused(`its code, ${path}, cannot be unpacked: ${why}.`);
  }
}

function refused(message: string): Found {
  return { kind: "refused", message };
}

/** Where the sources have no handler, but `sam build` has made one, that runs: a compiled program, say. */
function built(fn: LocalFunction, { logicalId }: DeclaredFunction, { sources }: CodeHost): LocalFunction {
  if (fn.build !== undefined || handlerExists(fn)) return fn;
  const other = { ...fn, codeRoot: join(buildFolder(fn, sources), logicalId) };
  return existsSync(other.codeRoot) && handlerExists(other) ? other : fn;
}

/** What `sam build` made of a layer that it is told to build. */
function builtLayer(id: string | undefined, fn: DeclaredFunction, { sources }: CodeHost): string | undefined {
  const folder = id === undefined ? undefined : join(buildFolder(fn, sources), id);
  return folder !== undefined && existsSync(folder) ? folder : undefined;
}

function buildFolder({ place }: Pick<LocalFunction, "place">, sources: TrackedSources): string {
  const folder = join(dirname(place.file), ".aws-sam", "build");
  sources.note(join(folder, "template.yaml"));
  return folder;
}
