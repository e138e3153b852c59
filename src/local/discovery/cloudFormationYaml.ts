import { isMap, isScalar, LineCounter, parseDocument, visit, YAMLMap, type Document, type Tags } from "yaml";
import type { SourcePlace } from "../../core/ports.ts";

/** A parsed template: its plain value with intrinsics in their long form, and a way from a key to its place. */
export interface ParsedTemplate {
  value: unknown;
  /** The place of the key at this path, or of the nearest enclosing key that exists. */
  placeOf(path: readonly string[]): SourcePlace;
}

/** A syntax error in a template, where it is. */
export interface SyntaxProblem {
  message: string;
  place: SourcePlace;
}

/**
 * Parses a CloudFormation template, YAML or JSON; the short forms (`!Sub`) become the long ones (`{"Fn::Sub": …}`).
 * Source: "Intrinsic function reference" of the CloudFormation user guide.
 */
export function parseTemplate(
  text: string,
  file: string,
): { kind: "parsed"; template: ParsedTemplate } | { kind: "broken"; problem: SyntaxProblem } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    customTags: shortForms,
    merge: true,
    logLevel: "silent",
  });
  const place = (offset: number): SourcePlace => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(0, line - 1), column: Math.max(0, col - 1) };
  };
  const error = document.errors[0];
  if (error)
    return { kind: "broken", problem: { message: firstSentence(error.message), place: place(error.pos[0]) } };
  keepNumbersAsWritten(document);
  const placeOf = (path: readonly string[]) => place(keyOffset(document, path));
  return { kind: "parsed", template: { value: document.toJS({ maxAliasCount: 1000 }), placeOf } };
}

/** An account id such as `012345678901`, and an integer too long for a double, are text to CloudFormation. */
function keepNumbersAsWritten(document: Document): void {
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === "number" && node.source !== undefined && String(node.value) !== node.source) {
        node.value = node.source;
      }
    },
  });
}

function firstSentence(message: string): string {
  const [line = message] = message.split("\n");
  return line.replace(/ at line \d+, column \d+:?$/, "");
}

function keyOffset(document: Document, path: readonly string[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const name of path) {
    if (!isMap(node)) return offset;
    const pair = node.items.find((item) => isScalar(item.key) && item.key.value === name);
    if (!pair) return offset;
    offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
    node = pair.value;
  }
  return offset;
}

const names =
  "And Base64 Cidr Condition Contains EachMemberEquals EachMemberIn Equals FindInMap ForEach GetAtt GetAZs If ImportValue Join Length Not Or Ref Select Split Sub ToJsonString Transform".split(
    " ",
  );

function longName(name: string): string {
  return name === "Ref" || name === "Condition" ? name : `Fn::${name}`;
}

const shortForms: Tags = names.flatMap((name) => [
  { tag: `!${name}`, resolve: (text: string) => ({ [longName(name)]: scalarArgument(name, text) }) },
  { tag: `!${name}`, collection: "seq" as const, resolve: (node: unknown) => wrap(name, node) },
  { tag: `!${name}`, collection: "map" as const, resolve: (node: unknown) => wrap(name, node) },
]);

/** `!GetAtt A.B.C` is the list `["A", "B.C"]`. */
function scalarArgument(name: string, text: string): unknown {
  const dot = text.indexOf(".");
  return name === "GetAtt" && dot > 0 ? [text.slice(0, dot), text.slice(dot + 1)] : text;
}

function wrap(name: string, node: unknown): YAMLMap {
  const map = new YAMLMap<string>();
  map.set(longName(name), node);
  return map;
}
