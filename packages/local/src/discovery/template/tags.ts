import {
  boolCoreTag,
  CORE_SCHEMA,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  floatCoreTag,
  intCoreTag,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  nullCoreTag,
  seqTag,
  type ScalarTagDefinition,
  type Schema,
  type TagDefinition,
} from "js-yaml";

/** The intrinsic functions. Each has a short form, `!Sub`, and a long form, `{"Fn::Sub": …}`. */
const names =
  "And Base64 Cidr Condition Contains EachMemberEquals EachMemberIn Equals FindInMap ForEach GetAtt GetAZs If ImportValue Join Length Not Or Ref RefAll Select Split Sub ToJsonString Transform ValueOf ValueOfAll".split(
    " ",
  );

function longName(name: string): string {
  return name === "Ref" || name === "Condition" ? name : `Fn::${name}`;
}

/** A plain scalar that isn't a string, until it's known whether it is a key or a value. */
class Plain {
  readonly written: string;
  readonly value: unknown;

  constructor(written: string, value: unknown) {
    this.written = written;
    // As CloudFormation does: an account ID such as `012345678901` stays as it's written.
    this.value = typeof value === "number" && String(value) !== written ? written : value;
  }
}

export function toValue(value: unknown): unknown {
  return value instanceof Plain ? value.value : value;
}

function plain(tag: ScalarTagDefinition): TagDefinition {
  return {
    ...tag,
    resolve: (written, isExplicit, name) => {
      const value: unknown = tag.resolve(written, isExplicit, name);
      return value === NOT_RESOLVED ? value : new Plain(written, value);
    },
  };
}

const mapping: typeof mapTag = {
  ...mapTag,
  addPair(pairs, key, value) {
    // A key is a name: `ON: …` doesn't become `true: …`.
    const name = key instanceof Plain ? key.written : key;
    return typeof name === "string" ? mapTag.addPair(pairs, name, toValue(value)) : "a key isn't a string";
  },
};
const sequence: typeof seqTag = {
  ...seqTag,
  addItem: (items, item, index) => seqTag.addItem(items, toValue(item), index),
};

/** Tags of other readers: their values are read as if they had none. */
const otherTags = [
  defineScalarTag("", { matchByTagPrefix: true, resolve: (text) => text, identify: () => false }),
  defineSequenceTag("", { ...sequence, matchByTagPrefix: true }),
  defineMappingTag("", { ...mapping, matchByTagPrefix: true }),
];

/** YAML 1.2, with merge keys. */
export const plainYaml: Schema = CORE_SCHEMA.withTags(
  [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag].map(plain),
  [mergeTag, mapping, sequence, ...otherTags],
);

/** Reads the short forms as the long forms. Source: "Intrinsic function reference" of the CloudFormation user guide. */
export const withShortForms: Schema = plainYaml.withTags(names.flatMap(shortForm));

/** The booleans of YAML 1.1 that its parsers know, CloudFormation's too: without `y` and `n`. */
const oldBooleans = new Map([
  ...["true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"].map((text) => [text, true] as const),
  ...["false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"].map((text) => [text, false] as const),
]);
const oldBoolTag = defineScalarTag("tag:yaml.org,2002:bool", {
  implicit: true,
  implicitFirstChars: ["t", "T", "f", "F", "y", "Y", "n", "N", "o", "O"],
  resolve: (text) => oldBooleans.get(text) ?? NOT_RESOLVED,
  identify: () => false,
});

/** Also with the booleans of YAML 1.1, such as `yes`. */
export const templateYaml: Schema = withShortForms.withTags(plain(oldBoolTag));

function shortForm(name: string): TagDefinition[] {
  const long = (argument: unknown) => ({ [longName(name)]: argument });
  return [
    defineScalarTag(`!${name}`, {
      resolve: (text) => long(scalarArgument(name, text)),
      identify: () => false,
    }),
    defineSequenceTag(`!${name}`, { ...sequence, finalize: long }),
    defineMappingTag(`!${name}`, { ...mapping, finalize: long }),
  ];
}

/** `!GetAtt A.B.C` is the array `["A", "B.C"]`. */
function scalarArgument(name: string, text: string): unknown {
  const dot = text.indexOf(".");
  return name === "GetAtt" && dot > 0 ? [text.slice(0, dot), text.slice(dot + 1)] : text;
}
