import type { LocalFunction } from "../../model/localFunction.ts";
import type { Properties } from "./properties.ts";

type Runnable = Required<Pick<LocalFunction, "packageType" | "runtime" | "handler">>;

/** The families of Lambda's runtimes, current and deprecated. */
const families = /^(?:nodejs|python|java|ruby|dotnet|dotnetcore|go|provided)(?:$|[\d.])/;

/**
 * Why a function can't run locally, whatever its code. It's also reported at the property, unless that was already
 * reported as unresolved. `names` are the property names in the template's language.
 */
export function whyNotRunnable(
  fn: Runnable,
  properties: Properties,
  names: Readonly<Record<keyof Runnable, string>>,
): string | undefined {
  const reason = reasonOf(fn);
  if (!reason) return undefined;
  const name = names[reason.key];
  const unknown = properties.unresolved.some(({ property }) => property === name);
  if (unknown) return `The ${name} can't be determined.`;
  properties.report(reason.text, name, "cannotRun");
  return reason.text;
}

function reasonOf({
  packageType,
  runtime,
  handler,
}: Runnable): { key: keyof Runnable; text: string } | undefined {
  if (packageType === "Image")
    return {
      key: "packageType",
      text: "Container images don't run locally. Invoke this function on AWS.",
    };
  if (runtime === "")
    return { key: "runtime", text: "The function has no Runtime. Add one, for example nodejs24.x." };
  if (!families.test(runtime))
    return {
      key: "runtime",
      text: `${runtime} isn't a Lambda runtime. Use one such as nodejs24.x or python3.13.`,
    };
  if (handler === "")
    return { key: "handler", text: "The function has no Handler. Add one, for example index.handler." };
  if (handler.split(/[\\/]/).includes(".."))
    return {
      key: "handler",
      text: `The handler ${handler} points outside the code folder, which Lambda doesn't allow.`,
    };
  return undefined;
}
