// Finds phrases of a private dialect that doesn't belong in the sources. Single words are in the flagWords of cspell.json.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./host/paths.ts";

/** Phrases, each with what to write instead. */
const phrases: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [
    /(?<!\bthere )(?<!\bthere's )\b(?:is|are|was|were) no (?!longer\b|more\b)\w+/i,
    "isn't a …, isn't valid …",
  ],
  [/(?<!\bthere )\b(?:is|are|was|were) none\b/, "isn't a …, isn't one"],
  [/\b(?:can ?not|can't) be told\b/i, "can't be determined"],
  [/\bfor want of\b/i, "because … is missing"],
  [/\ba text\b(?! (?:editor|file|node|document)\b)/i, "a string"],
  [/\btexts\b|\basTexts?\b|\bisOptionalText\b/, "strings, toStrings"],
  [/[a-z]Mend(?:s|ed|ing)?\b|\bmend[A-Z]/, "fix"],
  [/\b(?:Tuning|Askers|Followed|Meaning|Invocable|Shelf)\b(?= *[{<=])/, "a noun of the rename table"],
  [/\bmeaningOf\b|\b\w+Reading\b(?= *[{<])/, "classifyFailure, Parsed…"],
  [/\b(?:saidOnce|isSaidByLocal|layOut|leaveOut|quietBlock|runBlock|EventRun)\b/, "see CONTRIBUTING.md"],
  [/\bLONGEST_|\bmost(?:Kept|Starts|Bytes|LineBytes|Entries)\b/, "MAX_…"],
  [/\batOnce\b/, "immediately, together"],
];

const files = globSync(
  [
    "{src,packages,test,tools,bench,docs,samples,media,.github}/**/*.{ts,mjs,cjs,js,py,md,json,yml,yaml}",
    "*.{md,json}",
  ],
  {
    cwd: root,
    exclude: [
      "**/node_modules",
      "packages/local/test/discovery/zoo",
      "package-lock.json",
      "tools/wording.ts",
    ],
  },
);

let found = 0;
for (const file of files) {
  for (const [index, line] of readFileSync(join(root, file), "utf8").split("\n").entries()) {
    for (const [phrase, instead] of phrases) {
      const match = phrase.exec(line);
      if (!match) continue;
      found += 1;
      console.log(`${file}:${index + 1}: "${match[0]}". Write, for example: ${instead}`);
    }
  }
}
console.log(`${files.length} files checked.`);
process.exitCode = found === 0 ? 0 : 1;
