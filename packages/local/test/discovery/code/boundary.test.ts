import assert from "node:assert/strict";
import { join, parse, relative, sep } from "node:path";
import { describe, it } from "mocha";
import { isInside } from "../../../src/discovery/code/boundary.ts";

describe("local: whether a path is inside a folder", () => {
  const { root } = parse(process.cwd());
  const folder = join(root, "work", "app");
  const cases: readonly [title: string, folder: string, path: string, isIn: boolean][] = [
    ["the folder itself", folder, folder, true],
    ["the folder itself with a separator", folder, folder + sep, true],
    ["a file in it", folder, join(folder, "a.js"), true],
    ["a file deep in it", folder, join(folder, "a", "b", "c.js"), true],
    ["a name that begins with dots", folder, join(folder, "..a", "...b"), true],
    ["a way out and back", folder, [folder, "a", "..", "b"].join(sep), true],
    ["a way out", folder, [folder, "..", "other"].join(sep), false],
    ["a way out from deep inside", folder, [folder, "a", "..", "..", "other"].join(sep), false],
    ["the folder around it", folder, join(root, "work"), false],
    ["a folder whose name begins with its name", folder, `${folder}-2`, false],
    ["anything in the root", root, join(root, "x", "y"), true],
    ["a file of the current folder", "", join(process.cwd(), "x"), true],
    ["a file outside the current folder", "", join(root, "x-not-here"), false],
    ["a relative path in a relative folder", "a", join("a", "b"), true],
    ["a relative path of the current folder", process.cwd(), relative(root, join(root, "b")), true],
  ];
  for (const [title, inFolder, path, isIn] of cases)
    it(`${isIn ? "is true" : "is false"} for ${title}`, () => assert.equal(isInside(inFolder, path), isIn));
});
