import type { LoggingSettings } from "../../model/localFunction.ts";
import { asText, optional } from "./plain.ts";

/** What Lambda's API, CloudFormation and the Serverless Framework have under different names. */
const names = {
  format: ["LogFormat", "logFormat"],
  group: ["LogGroup", "logGroup"],
  applicationLevel: ["ApplicationLogLevel", "applicationLogLevel"],
  systemLevel: ["SystemLogLevel", "systemLogLevel"],
};

/** The settings of a function's logs; undefined where nothing is declared. */
export function loggingOf(written: Readonly<Record<string, unknown>>): LoggingSettings | undefined {
  const text = (key: keyof typeof names) => {
    const found = names[key].map((name) => written[name]).find((value) => value !== undefined);
    return found === undefined ? undefined : asText(found);
  };
  const format = text("format");
  const settings: LoggingSettings = {
    ...(format !== undefined && { format: format === "JSON" ? "JSON" : "Text" }),
    ...optional("group", text("group")),
    ...optional("applicationLevel", text("applicationLevel")),
    ...optional("systemLevel", text("systemLevel")),
  };
  return Object.keys(settings).length > 0 ? settings : undefined;
}
