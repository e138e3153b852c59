import type { LoggingSettings } from "../../model/localFunction.ts";
import { asString } from "./values.ts";

/** The names in CloudFormation and in the Serverless Framework. */
const names = {
  format: ["LogFormat", "logFormat"],
  group: ["LogGroup", "logGroup"],
  applicationLevel: ["ApplicationLogLevel", "applicationLogLevel"],
  systemLevel: ["SystemLogLevel", "systemLogLevel"],
};

/** A function's logging settings; undefined where nothing is declared. */
export function loggingOf(written: Readonly<Record<string, unknown>>): LoggingSettings | undefined {
  const string = (key: keyof typeof names) => {
    const found = names[key].map((name) => written[name]).find((value) => value !== undefined);
    return found === undefined ? undefined : asString(found);
  };
  const format = string("format");
  const settings: LoggingSettings = {
    format: format === undefined ? undefined : format === "JSON" ? "JSON" : "Text",
    group: string("group"),
    applicationLevel: string("applicationLevel"),
    systemLevel: string("systemLevel"),
  };
  return Object.values(settings).some((value) => value !== undefined) ? settings : undefined;
}
