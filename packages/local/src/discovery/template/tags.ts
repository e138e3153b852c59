import { YAMLMap, type Tags } from "yaml";

/** The intrinsic functions. Each has a short form, `!Sub`, and a long form, `{"Fn::Sub": …}`. */
const names =
  "And Base64 Cidr Condition Contains EachMemberEquals EachMemberIn Equals FindInMap ForEach GetAtt GetAZs If ImportValue Join Length Not Or Ref RefAll Select Split Sub ToJsonString Transform ValueOf ValueOfAll".split(
    " ",
  );

function longName(name: string): string {
  return name === "Ref" || name === "Condition" ? name : `Fn::${name}`;
}

/** Parses the short forms as the long forms. Source: "Intrinsic function reference" of the CloudFormation user guide. */
export const shortForms: Tags = names.flatMap((name) => [
  { tag: `!${name}`, resolve: (text: string) => ({ [longName(name)]: scalarArgument(name, text) }) },
  { tag: `!${name}`, collection: "seq" as const, resolve: (node: unknown) => wrap(name, node) },
  { tag: `!${name}`, collection: "map" as const, resolve: (node: unknown) => wrap(name, node) },
]);

/** The additional booleans of YAML 1.1, which CloudFormation uses. */
export const oldBooleans: Tags = [
  {
    tag: "tag:yaml.org,2002:bool",
    default: true,
    test: /^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/,
    resolve: (text: string) => /^(?:yes|on)$/i.test(text),
  },
];

/** `!GetAtt A.B.C` is the array `["A", "B.C"]`. */
function scalarArgument(name: string, text: string): unknown {
  const dot = text.indexOf(".");
  return name === "GetAtt" && dot > 0 ? [text.slice(0, dot), text.slice(dot + 1)] : text;
}

function wrap(name: string, node: unknown): YAMLMap {
  const map = new YAMLMap<string>();
  map.set(longName(name), node);
  return map;
}
