// Runs test files as they are, in a process of its own: mochaMain.ts <results> <timeout> <grep or ""> <files…>
import { onEnding } from "../host/ending.ts";
import { runMocha } from "./mocha.ts";

// What a test started ends with this process, where it ends by itself.
onEnding(() => process.exit(1));
const [results = "", timeout, grep, ...files] = process.argv.slice(2);
const failed = await runMocha({
  results,
  timeout: Number(timeout),
  grep: grep === "" ? undefined : grep,
  files,
});
// Whatever a test forgot to close must not keep the run from ending.
process.exit(failed === 0 ? 0 : 1);
