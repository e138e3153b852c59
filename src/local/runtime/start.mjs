// What a Node.js sandbox runs: AWS's runtime client, whose entry point is given as the only argument.
import { pathToFileURL } from "node:url";
import "./nativeClient.cjs";

const entry = process.argv[2] ?? "";
const client = await import(pathToFileURL(entry).href);

// Version 4 starts when it is imported; version 3 is told to.
if (client.run) await client.run(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
