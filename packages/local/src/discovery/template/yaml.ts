import { constructFromEvents, EVENT_ID, parseEvents, type Event, type Schema, YAMLException } from "js-yaml";
import { toValue } from "./tags.ts";
import { YamlError } from "./yamlError.ts";
import { YamlNodes } from "./yamlNodes.ts";

/** The value of a YAML file, and its structure. */
export interface YamlFile {
  value: unknown;
  nodes: YamlNodes;
}

/** How many keys merges may copy. */
const MAX_MERGED_KEYS = 100_000;

/** Parses YAML of one document. Of a key that a mapping has twice, the last counts. Throws a `YamlError`. */
export function parseYaml(text: string, schema: Schema): YamlFile {
  try {
    const events = parseEvents(text, { maxDepth: Infinity });
    rejectOthers(text, events);
    const nodes = new YamlNodes(text, events);
    const options = { source: text, schema, json: true, maxTotalMergeKeys: MAX_MERGED_KEYS };
    const [value = null] = constructFromEvents(events, options);
    return { value: toValue(value), nodes };
  } catch (error) {
    throw error instanceof YAMLException ? new YamlError(error.reason, error.mark?.position ?? 0) : error;
  }
}

/** A template is one document. */
function rejectOthers(text: string, events: readonly Event[]): void {
  const [, second] = events.flatMap(({ type }, index) => (type === EVENT_ID.DOCUMENT ? [index] : []));
  if (second === undefined) return;
  const last = events.slice(0, second).findLast((event) => event.type === EVENT_ID.SCALAR);
  const marker = text.indexOf("\n---", last?.valueEnd ?? 0);
  throw new YamlError("it has more than one document", marker + 1);
}
