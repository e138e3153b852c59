import assert from "node:assert/strict";
import fc from "fast-check";
import * as vscode from "vscode";
import { finish } from "../../src/core/output/steps.ts";
import { LineFinder } from "../../src/workbench/output/lineFinder.ts";
import { tries } from "../../tools/testing/variation.ts";
import { closeEditors, openText } from "./harness/editors.ts";

const LIMIT = 3;

/** The number that a line begins with. */
const numberIn = (text: string): number | undefined => {
  const found = /^\d+/.exec(text)?.[0];
  return found === undefined ? undefined : Number(found);
};

/** What of a document has to be found, by looking at all of it. */
function expected(document: vscode.TextDocument): { lineNumber: number; found: number }[] {
  const all = document
    .getText()
    .split(/\r?\n/)
    .flatMap((text, lineNumber) => {
      const found = numberIn(text);
      return found === undefined ? [] : [{ lineNumber, found }];
    });
  return all.slice(-LIMIT);
}

describe("what is found in the lines of a document", () => {
  let finder: LineFinder<number>;

  beforeEach(() => (finder = new LineFinder(numberIn, LIMIT)));
  afterEach(() => finder.dispose());
  afterEach(closeEditors);

  it("is read on from where the document grew", async () => {
    const read: string[] = [];
    finder.dispose();
    finder = new LineFinder((text) => {
      read.push(text);
      return numberIn(text);
    }, LIMIT);
    const editor = await openText("1\ntext\n2", "plaintext");
    assert.deepEqual(finish(finder.find(editor.document)), expected(editor.document));
    assert.deepEqual(finish(finder.find(editor.document)), expected(editor.document));
    assert.deepEqual(read.splice(0), ["1", "text", "2"]);
    await editor.edit((edit) => edit.insert(new vscode.Position(2, 1), "3\nmore\n4\n"));
    assert.deepEqual(finish(finder.find(editor.document)), [
      { lineNumber: 0, found: 1 },
      { lineNumber: 2, found: 23 },
      { lineNumber: 4, found: 4 },
    ]);
    assert.deepEqual(read, ["23", "more", "4", ""]);
  });

  it("is what the whole document has, however it's changed, and in the middle of reading", async () => {
    const line = fc.constantFrom("", "text", "1", "23", "4 and more");
    const lines = fc.array(line, { maxLength: 12 }).map((each) => each.join("\n"));
    const change = fc.record({
      from: fc.nat(),
      to: fc.nat(),
      text: lines,
      stepsBefore: fc.nat({ max: 15 }),
    });
    const changes = fc.array(fc.array(change, { minLength: 1, maxLength: 2 }), { maxLength: 6 });
    const holds = fc.asyncProperty(lines, changes, async (text, edits) => {
      const editor = await openText("", "plaintext");
      const { document } = editor;
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), text));
      for (const edit of edits) {
        const reading = finder.find(document);
        for (let step = 0; step < (edit[0]?.stepsBefore ?? 0); step++) reading.next();
        await editor.edit((builder) => {
          for (const [index, { from, to, text: inserted }] of edit.entries()) {
            // Changes of one edit may not overlap: the second one is at the end.
            if (index > 0) return builder.insert(document.lineAt(document.lineCount - 1).range.end, inserted);
            const [start, end] = [from % document.lineCount, to % document.lineCount].toSorted(
              (a, b) => a - b,
            );
            builder.replace(new vscode.Range(start ?? 0, 0, end ?? 0, 0), inserted);
          }
        });
        finish(reading);
        assert.deepEqual(finish(finder.find(document)), expected(document));
      }
      await closeEditors();
    });
    await fc.assert(holds, tries(20, 500));
  });
});
