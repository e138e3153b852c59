// What a Node.js sandbox runs: AWS's runtime client, whose entry point is given as the first argument.
// With `debug` as the second, it waits for a debugger first; it stops nowhere else than at the user's breakpoints.
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import "./transport/nativeClient.cjs";
import { patchForWindows } from "./windows.mjs";

const entry = pathToFileURL(process.argv[2] ?? "").href;

if (process.platform === "win32") {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url !== entry) return loaded;
      const { source } = loaded;
      const text = typeof source === "string" ? source : new TextDecoder().decode(source);
      return { ...loaded, source: patchForWindows(text) };
    },
  });
}

if (process.env.NODE_PATH) (await import("./modulePath.mjs")).importFrom(process.env.NODE_PATH);
if (process.argv[3] === "debug") (await import("node:inspector")).open(0, "127.0.0.1", true);

const client = await import(entry);

// Version 4 starts when it is imported; version 3 is told to.
if (client.run) await client.run(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
