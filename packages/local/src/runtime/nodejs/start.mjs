// What a Node.js sandbox runs: AWS's runtime client, whose entry point is given as the first argument, and how as the second,
// in JSON. With `debug`, it waits for a debugger first; it stops nowhere else than at the user's breakpoints.
import { pathToFileURL } from "node:url";
import { patchClient, patchFor } from "./client.mjs";
import "./transport/nativeClient.cjs";

/** @type {import("./startOptions.ts").StartOptions} */
const { debug, typescript } = JSON.parse(process.argv[3] ?? "{}");
const entry = pathToFileURL(process.argv[2] ?? "").href;

const patch = patchFor(typescript && pathToFileURL(typescript.handler).href);
if (patch) patchClient(entry, patch);
// Where `NODE_OPTIONS` has it, it's loaded already.
if (process.env._LAMBDA_LOCAL_LAYERS) await import("./layers/preload.cjs");
if (process.env.NODE_PATH) (await import("./modulePath.mjs")).importFrom(process.env.NODE_PATH);
if (typescript) (await import("./typescript.mjs")).loadTypeScript(typescript);
if (debug) (await import("node:inspector")).open(0, "127.0.0.1", true);

const client = await import(entry);

// Version 4 starts when it is imported; version 3 is told to.
if (client.run) await client.run(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
