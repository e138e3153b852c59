// Translates TypeScript for functions that are about to start, in a process that has the compiler loaded. It ends with the
// service.
import { translate } from "./typescript.mjs";

/** @typedef {import("./translator.ts").TranslationRequest} TranslationRequest */

process.on("message", (/** @type {TranslationRequest} */ { id, files, options }) => {
  for (const file of files) {
    try {
      translate(file, options);
    } catch {
      // The function that loads it fails, and says why.
    }
  }
  process.send?.(id);
});
process.on("disconnect", () => process.exit());
