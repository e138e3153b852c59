import assert from "node:assert/strict";
import { findFrame } from "../../../../src/core/stack/findFrame.ts";

/** What is found in a line: path:line:column, and what the link covers. */
function found(text: string): [string, string] | undefined {
  const frame = findFrame(text);
  if (!frame) return undefined;
  const { column, end, line, path, start } = frame;
  return [[path, line, column].filter((part) => part !== undefined).join(":"), text.slice(start, end)];
}

describe("the frames of stack traces", () => {
  for (const [language, line, place, covered] of [
    ["Node.js", "    at check (file:///var/task/index.mjs:20:11)", "file:///var/task/index.mjs:20:11"],
    ["Node.js", "    at /var/task/lib/a.js:1:2", "/var/task/lib/a.js:1:2"],
    ["Node.js", "    at async Runtime.handler (/var/task/index.js:3:4)", "/var/task/index.js:3:4"],
    ["Node.js", "    at async /var/task/index.cjs:3:4", "/var/task/index.cjs:3:4"],
    ["Node.js", "    at new Order [as create] (/var/task/src/order.ts:5:6)", "/var/task/src/order.ts:5:6"],
    ["Node.js", "    at Object.<anonymous> (C:\\shop\\index.js:7:8)", "C:\\shop\\index.js:7:8"],
    ["Node.js", "    at file:///C:/my%20shop/index.mjs:7:8", "file:///C:/my%20shop/index.mjs:7:8"],
    ["Node.js", "    at f (webpack:///./src/app.tsx:9:1)", "webpack:///./src/app.tsx:9:1"],
    ["Node.js", "/var/task/index.js:12", "/var/task/index.js:12"],
    ["Node.js in JSON", '    "    at f (/var/task/a.js:1:2)",', "/var/task/a.js:1:2"],
    [
      "Python",
      '  File "/var/task/app.py", line 10, in handler',
      "/var/task/app.py:10",
      'File "/var/task/app.py", line 10',
    ],
    [
      "Python in JSON",
      '      "  File \\"/var/task/a b.py\\", line 3, in f\\n    raise"',
      "/var/task/a b.py:3",
      'File \\"/var/task/a b.py\\", line 3',
    ],
    [
      "Java",
      "\tat com.example.shop.Handler.handleRequest(Handler.java:42)",
      "com/example/shop/Handler.java:42",
      "Handler.java:42",
    ],
    [
      "Java",
      "\tat com.example.Handler$Inner.lambda$run$0(Handler.java:7)",
      "com/example/Handler.java:7",
      "Handler.java:7",
    ],
    [
      "Java",
      "\tat app//com.example.Handler.<init>(Handler.java:7)",
      "com/example/Handler.java:7",
      "Handler.java:7",
    ],
    ["Java", "com.example.AppKt.main(App.kt)", undefined],
    ["Kotlin", "    at com.example.AppKt.main(App.kt:3)", "com/example/App.kt:3", "App.kt:3"],
    ["Java without a package", "at Handler.handle(Handler.java:4)", "Handler.java:4"],
    [
      ".NET",
      "   at Shop.Function.Handle(Order order, ILambdaContext context) in /src/Shop/Function.cs:line 23",
      "/src/Shop/Function.cs:23",
      "/src/Shop/Function.cs:line 23",
    ],
    [
      ".NET",
      "   at Shop.Function.<Handle>d__1.MoveNext() in C:\\my src\\Function.cs:line 5",
      "C:\\my src\\Function.cs:5",
      "C:\\my src\\Function.cs:line 5",
    ],
    ["Go", "\t/home/ci/shop/main.go:15 +0x1d", "/home/ci/shop/main.go:15"],
    ["Go", "\tgithub.com/acme/shop/cmd/order/main.go:7", "github.com/acme/shop/cmd/order/main.go:7"],
    ["Go", "main.go:7 failed", "main.go:7"],
    ["Ruby", "/var/task/app.rb:10:in `handler'", "/var/task/app.rb:10"],
    ["Ruby", "\tfrom /var/task/lib/a.rb:3:in 'Shop#take'", "/var/task/lib/a.rb:3"],
    ["Ruby in JSON", "  \"/var/task/app.rb:10:in 'Object#handler'\"", "/var/task/app.rb:10"],
  ] as const)
    it(`are found in ${language}: ${line.trim()}`, () => {
      assert.deepEqual(found(line), place === undefined ? undefined : [place, covered ?? place]);
    });

  for (const line of [
    "",
    "at 10:42 the order came",
    "    at node:internal/process/task_queues:105:5",
    "    at Array.map (<anonymous>)",
    "\tat java.base/java.lang.Thread.run(Unknown Source)",
    "\tat com.example.Handler.handle(Native Method)",
    "   at System.Threading.Tasks.Task.Execute()",
    "goroutine 1 [running]:",
    "read config.json:1:2",
    "see https://example.com/a.js",
    "index.js:3:4",
    `    at f (/var/task/${"a".repeat(3000)}.js:1:2)`,
  ])
    it(`aren't found in: ${line.slice(0, 60)}`, () => {
      assert.equal(findFrame(line), undefined);
    });

  it("are looked for in time, whatever a line has", () => {
    for (const part of ["at ", "at (", "a.b.", 'File "', " in ", "/a", "a.rb:", ".js:1", "$"]) {
      const line = `${part.repeat(2000).slice(0, 1990)}.js .go`;
      const start = performance.now();
      for (let n = 0; n < 20; n++) findFrame(line);
      assert.ok(performance.now() - start < 10_000, `${part}: ${performance.now() - start} ms`);
    }
  });
});
