/** Where a line of a stack trace says that its code is. */
export interface StackFrame {
  /** As it's written: a path of the machine that ran the code, or for Java one made of the package and the file. */
  path: string;
  /** From 1. */
  line: number;
  /** From 1; not known in every language. */
  column?: number | undefined;
  /** The part of the line that names the place. */
  start: number;
  end: number;
}

/** A longer line isn't a stack's. */
const MAX_LENGTH = 2000;

/** A quick test: no frame without the name of a source file. */
const SOURCE = /\.(?:[cm]?[jt]sx?|py|java|kt|scala|groovy|cs|fs|vb|go|rb)\b/;

/** Finds the frame in a line of a stack trace of Node.js, Python, Java, .NET, Go or Ruby, also inside of a string of JSON. */
export function findFrame(text: string): StackFrame | undefined {
  if (text.length > MAX_LENGTH || !SOURCE.test(text)) return undefined;
  for (const pattern of PATTERNS) {
    const found = pattern.exec(text);
    if (found) return toFrame(found);
  }
  return undefined;
}

/** In each, the group `place` is what a link covers. */
const PATTERNS: readonly RegExp[] = [
  // Python: File "/var/task/app.py", line 10, in handler
  /(?<place>File \\?"(?<path>[^"\\]+\.py)\\?", line (?<line>\d{1,7}))/d,
  // Java: at com.example.Handler$Inner.handle(Handler.java:42)
  /\bat (?:[\w.-]*\/{1,2})?(?<package>(?:[\w$]+\.)*)[\w$]+\.[\w$<>-]+\((?<place>(?<path>[\w$-]+\.(?:java|kt|scala|groovy)):(?<line>\d{1,7}))\)/d,
  // .NET: at Shop.Function.Handle(Order order) in /src/Function.cs:line 23
  / in (?<place>(?<path>(?:[A-Za-z]:)?[^:"]+\.(?:cs|fs|vb)):line (?<line>\d{1,7}))/d,
  // Node.js: at check (file:///var/task/index.mjs:20:11), at /var/task/index.js:1:2
  /\bat (?:[^(]*\()?(?:async )?(?<place>(?<path>(?:[a-z-]+:\/\/)?(?:\/?[A-Za-z]:)?[^():"]+\.[cm]?[jt]sx?):(?<line>\d{1,7}):(?<column>\d{1,7}))/d,
  // Node.js, above the code that doesn't compile: /var/task/index.js:3
  /^\s*(?<place>(?<path>(?:file:\/\/|[A-Za-z]:)?[\\/][^:"]+\.[cm]?[jt]sx?):(?<line>\d{1,7}))$/d,
  // Go: /home/ci/shop/main.go:15 +0x1d
  /(?:^|[\s"])(?<place>(?<path>(?:[A-Za-z]:)?[^\s:"]+\.go):(?<line>\d{1,7}))(?= \+0x|[\s",]|$)/d,
  // Ruby: /var/task/app.rb:10:in 'handler'
  /(?:^|[\s"])(?<place>(?<path>(?:[A-Za-z]:)?[^\s:"]+\.rb):(?<line>\d{1,7}))(?=:in )/d,
];

function toFrame({ groups, indices }: RegExpExecArray): StackFrame | undefined {
  const { path = "", line, column, package: names = "" } = groups ?? {};
  const [start, end] = indices?.groups?.["place"] ?? [];
  if (start === undefined || end === undefined) return undefined;
  return {
    path: names === "" ? path : `${packageFolder(names)}${path}`,
    line: Number(line),
    column: column === undefined ? undefined : Number(column),
    start,
    end,
  };
}

/** The folders of a Java package: `com.example.` is `com/example/`. */
function packageFolder(names: string): string {
  return names.replaceAll(".", "/");
}
