import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Boundary } from "../code/boundary.ts";
import type { CodeStore } from "../code/codeStore.ts";
import type { CodeSource, DeclaredFunction } from "../template/declarations.ts";
import { findHandler, isHandlerMissing, type FindCodeLayout } from "../../model/handler.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import type { TemplateProblem } from "../../model/problem.ts";
import { nonEmpty } from "../template/values.ts";
import type { TrackedSources } from "./trackedSources.ts";
import { statOf } from "../../model/statOf.ts";

/** Where code may be, and where it's unpacked. */
export interface CodeHost {
  boundary: Boundary;
  codeLayoutOf: FindCodeLayout;
  store: CodeStore;
  sources: TrackedSources;
}

type Location =
  | ({ kind: "folder"; folder: string } & Pick<LocalFunction, "unpacked">)
  | { kind: "unavailable"; text: string };

/** Locates the code of a function and its layers. Code that's missing or not allowed is a problem. */
export async function locateCode(
  declared: DeclaredFunction,
  host: CodeHost,
  signal: AbortSignal,
): Promise<{ fn: LocalFunction; problems: readonly TemplateProblem[] }> {
  const { code, cannotRun, layers: _layers, ...rest } = declared;
  const notRunnable = (reason: string): LocalFunction => ({
    ...rest,
    codeRoot: dirname(declared.place.file),
    cannotRun: reason,
  });
  if (cannotRun !== undefined) return { fn: notRunnable(cannotRun), problems: [] };
  const found = await find(code, declared.runtime, host, signal);
  if (found.kind === "unavailable") {
    const isReported = code.kind === "absent" && code.reported === true;
    const problem = unavailable("codeUnavailable", found.text, code, declared);
    return { fn: notRunnable(found.text), problems: isReported ? [] : [problem] };
  }
  const { layers, layerArns, problems } = await findLayers(declared, host, signal);
  const fn = {
    ...rest,
    codeRoot: found.folder,
    unpacked: found.unpacked,
    layers: nonEmpty(layers),
    layerArns: nonEmpty(layerArns),
  };
  return { fn: withBuiltCode(withoutNeedlessBuild(withHandler(fn, host)), declared, host), problems };
}

function withoutNeedlessBuild(fn: LocalFunction): LocalFunction {
  const isJavaScript = /\.[cm]?js$/.test(findHandler(fn)?.path ?? "");
  return fn.build?.typescriptOnly && isJavaScript ? { ...fn, build: undefined } : fn;
}

function withHandler(fn: LocalFunction, { codeLayoutOf }: CodeHost): LocalFunction {
  return { ...fn, handlerFiles: codeLayoutOf(fn.runtime)?.handlerFiles(fn) };
}

function unavailable(
  kind: "codeUnavailable" | "layerUnavailable",
  text: string,
  code: CodeSource,
  { logicalId, place }: DeclaredFunction,
): TemplateProblem {
  const property = code.kind === "path" ? code.property : undefined;
  return { kind, subject: logicalId, property, text, place: code.kind === "inline" ? place : code.place };
}

async function findLayers(declared: DeclaredFunction, host: CodeHost, signal: AbortSignal) {
  const layers: string[] = [];
  const layerArns: string[] = [];
  const problems: TemplateProblem[] = [];
  for (const { arn, builtAs, content } of declared.layers) {
    const found = await find(content, declared.runtime, host, signal);
    if (found.kind === "folder") {
      layers.push(builtLayer(builtAs, declared, host) ?? found.folder);
      layerArns.push(arn);
    } else {
      const name = arn.split(":")[6] ?? arn;
      const text = `Layer ${name} is ignored. ${found.text}`;
      problems.push(unavailable("layerUnavailable", text, content, declared));
    }
  }
  return { layers, layerArns, problems };
}

async function find(
  code: CodeSource,
  runtime: string,
  host: CodeHost,
  signal: AbortSignal,
): Promise<Location> {
  switch (code.kind) {
    case "absent":
      return { kind: "unavailable", text: code.message };
    case "inline":
      return { kind: "folder", folder: await writeInline(code.text, runtime, host), unpacked: "template" };
    case "path":
      return findPath(code, host, signal);
  }
}

function writeInline(text: string, runtime: string, { codeLayoutOf, store }: CodeHost): Promise<string> {
  return store.write(text, codeLayoutOf(runtime)?.inlineFile ?? "index");
}

async function findPath(
  { path, isArchive = /\.(?:zip|jar)$/i.test(path) }: Extract<CodeSource, { kind: "path" }>,
  host: CodeHost,
  signal: AbortSignal,
): Promise<Location> {
  if (!host.boundary.allows(path))
    return noCode(
      `The code ${path} is outside the workspace. Add its folder to the workspace, or turn on lambdaInvoke.local.outsideAllowed.`,
    );
  host.sources.track(path);
  const stats = statOf(path);
  // A missing folder may be created by a build at any time. A missing handler is reported separately.
  if (!stats || stats.isDirectory()) return { kind: "folder", folder: path };
  // SAM and CloudFormation package a single file as it is, so its handler is found in its folder.
  if (!isArchive) return { kind: "folder", folder: dirname(path) };
  try {
    const folder = await host.store.unpack(path, signal);
    return { kind: "folder", folder, unpacked: { archive: path } };
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    return noCode(`The code ${path} can't be unpacked: ${why.replace(/\.+$/, "")}.`);
  }
}

function noCode(text: string): Location {
  return { kind: "unavailable", text };
}

/** Uses the output of `sam build` where only that has the handler, as for a compiled program. */
function withBuiltCode(fn: LocalFunction, { logicalId }: DeclaredFunction, host: CodeHost): LocalFunction {
  if (fn.build !== undefined || !isHandlerMissing(fn)) return fn;
  const { sources } = host;
  const codeRoot = join(buildFolder(fn, sources), logicalId);
  const built = withHandler({ ...fn, codeRoot, unpacked: undefined }, host);
  // A build writes its files in any order.
  for (const { handlerFiles = [] } of [fn, built]) for (const path of handlerFiles) sources.track(path);
  return isHandlerMissing(built) ? fn : built;
}

/** The output of `sam build` for a layer that SAM builds. */
function builtLayer(id: string | undefined, fn: DeclaredFunction, { sources }: CodeHost): string | undefined {
  if (id === undefined) return undefined;
  const folder = join(buildFolder(fn, sources), id);
  sources.track(folder);
  return existsSync(folder) ? folder : undefined;
}

function buildFolder({ place }: Pick<LocalFunction, "place">, sources: TrackedSources): string {
  const folder = join(dirname(place.file), ".aws-sam", "build");
  sources.track(join(folder, "template.yaml"));
  return folder;
}
