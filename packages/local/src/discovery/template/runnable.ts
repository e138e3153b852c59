import type { LocalFunction } from "../../model/localFunction.ts";
import type { Properties } from "./properties.ts";

type Runnable = Required<Pick<LocalFunction, "packageType" | "runtime" | "handler">>;

/** What Lambda has, or had, runtimes of. */
const families = /^(?:nodejs|python|java|ruby|dotnet|dotnetcore|go|provided)(?:$|[\d.])/;

/**
 * Why a function cannot run here, whatever its code; it is reported at the property it is about, unless that was said
 * already to be unknown. `names` are what the template's language calls the properties.
 */
export function whyNotRunnable(
  fn: Runnable,
  properties: Properties,
  names: Readonly<Record<keyof Runnable, string>>,
): string | undefined {
  const [message, about] = reason(fn) ?? [];
  if (message === undefined || about === undefined) return undefined;
  const unknown = properties.unresolved.some(({ property }) => property === names[about]);
  if (unknown) return `its ${names[about]} cannot be told here.`;
  properties.report(message, names[about]);
  return message;
}

function reason({ packageType, runtime, handler }: Runnable): [string, keyof Runnable] | undefined {
  if (packageType === "Image")
    return ["container images do not run locally; invoke it on AWS.", "packageType"];
  if (runtime === "") return ["it has no Runtime; add one, e.g. nodejs24.x.", "runtime"];
  if (!families.test(runtime))
    return [
      `${runtime} is not a runtime of Lambda's; write one such as nodejs24.x or python3.13.`,
      "runtime",
    ];
  if (handler === "") return ["it has no Handler; add one, e.g. index.handler.", "handler"];
  if (handler.split(/[\\/]/).includes(".."))
    return [`the handler ${handler} leaves the folder of its code; Lambda refuses that.`, "handler"];
  return undefined;
}
