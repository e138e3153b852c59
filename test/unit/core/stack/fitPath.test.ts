import assert from "node:assert/strict";
import { fittingFile } from "../../../../src/core/stack/fitPath.ts";

/** The file of a workspace at /work/shop that a path fits. */
function fit(path: string, ...relativePaths: string[]): string | undefined {
  const files = relativePaths.map((relativePath) => ({
    relativePath,
    path: `/work/shop/${relativePath}`,
    file: relativePath,
  }));
  return fittingFile(path, files);
}

describe("fitting a frame's path to a file of the workspace", () => {
  it("takes the file of an absolute path", () => {
    assert.equal(fit("file:///work/shop/b/index.mjs", "a/index.mjs", "b/index.mjs"), "b/index.mjs");
    assert.equal(fit("/work/shop/a/index.mjs", "a/index.mjs", "index.mjs"), "a/index.mjs");
    assert.equal(
      fittingFile("C:\\shop\\index.js", [{ relativePath: "index.js", path: "C:/shop/index.js", file: 1 }]),
      1,
    );
  });

  it("takes the file whose path ends like the one below /var/task", () => {
    assert.equal(
      fit("/var/task/lib/a.js", "functions/order/lib/a.js", "other/a.js"),
      "functions/order/lib/a.js",
    );
    assert.equal(fit("file:///var/task/index.mjs", "order/index.mjs"), "order/index.mjs");
    assert.equal(fit("/var/task/lib/a.js", "other/a.js"), undefined);
  });

  it("takes none if several fit as well", () => {
    assert.equal(fit("/var/task/index.mjs", "a/index.mjs", "b/index.mjs"), undefined);
    assert.equal(fit("/var/task/index.mjs", "index.mjs", "b/index.mjs"), undefined);
    assert.equal(fit("/ci/build/src/a.go", "one/src/a.go", "two/src/a.go"), undefined);
  });

  it("finds a Java file by its package", () => {
    assert.equal(
      fit(
        "com/example/Handler.java",
        "src/main/java/com/example/Handler.java",
        "src/main/java/org/Handler.java",
      ),
      "src/main/java/com/example/Handler.java",
    );
    assert.equal(fit("java/lang/Thread.java", "src/main/java/com/example/Thread.java"), undefined);
  });

  it("finds a file that was built elsewhere by the folders that both have", () => {
    assert.equal(
      fit("/src/Shop/Function.cs", "services/Shop/Function.cs", "Other/Function.cs"),
      "services/Shop/Function.cs",
    );
    assert.equal(fit("C:\\ci\\Shop\\Function.cs", "Shop/Function.cs"), "Shop/Function.cs");
    assert.equal(fit("/home/ci/build/main.go", "main.go"), "main.go");
    assert.equal(fit("/home/ci/build/main.go", "cmd/order/main.go"), undefined);
    assert.equal(
      fit("/home/ci/shop/cmd/order/main.go", "cmd/order/main.go", "cmd/pay/main.go"),
      "cmd/order/main.go",
    );
  });

  it("goes without what a bundler puts in front", () => {
    assert.equal(fit("webpack:///./src/app.ts", "web/src/app.ts"), "web/src/app.ts");
    assert.equal(fit("../../src/app.ts", "web/src/app.ts"), "web/src/app.ts");
    assert.equal(fit("file:///var/task/my%20lib/a.js", "my lib/a.js"), "my lib/a.js");
    assert.equal(fit("file:///var/task/100%/a.js", "100%/a.js"), "100%/a.js");
  });
});
