import { LOCAL_ACCOUNT, LOCAL_REGION } from "../../model/identity.ts";
import type { EventInvokeSettings } from "../../model/localFunction.ts";
import { asString, isRecord, onlyEntry, valueAt } from "../template/values.ts";
import { Properties } from "../template/properties.ts";
import { isIntrinsic, resolve } from "../template/intrinsics/resolve.ts";
import { isFor, propertyOf, type Resource, type Template } from "./template.ts";
import { destinations } from "../template/resourceTypes.ts";

/**
 * How asynchronous events are handled: SAM's `EventInvokeConfig`, or an `AWS::Lambda::EventInvokeConfig` of the function.
 * Source: the SAM specification, "EventInvokeConfiguration"; CloudFormation's "AWS::Lambda::EventInvokeConfig".
 */
export function eventInvokeOf(
  template: Template,
  resource: Resource,
  own: Properties,
): EventInvokeSettings | undefined {
  const config = own.written("EventInvokeConfig");
  if (isRecord(config)) return read(template, config, own, "EventInvokeConfig.");
  const separate = template.resources.find(
    (other) => other.type === "AWS::Lambda::EventInvokeConfig" && isFor(template, other, resource),
  );
  if (!separate) return undefined;
  const place = (property: string) =>
    template.placeOf([...separate.path, "Properties", ...property.split(".")]);
  const properties = new Properties(separate.id, separate.properties, template.scope, place);
  const found = read(template, separate.properties, properties, "");
  own.problems.push(...properties.problems);
  return found;
}

function read(
  template: Template,
  config: Record<string, unknown>,
  properties: Properties,
  prefix: string,
): EventInvokeSettings {
  const number = (key: string, min: number, max: number) => {
    const resolved = resolve(config[key], template.scope);
    if (resolved.kind === "value") return properties.numberOf(resolved.value, prefix + key, { min, max });
    properties.reportIgnored(prefix + key, resolved.why);
    return undefined;
  };
  const arn = (key: "OnSuccess" | "OnFailure") => {
    const destination = valueAt(valueAt(config, "DestinationConfig"), key);
    const property = `${prefix}DestinationConfig.${key}`;
    return destination === undefined
      ? undefined
      : destinationArn(template, destination, properties, property);
  };
  return {
    maximumRetryAttempts: number("MaximumRetryAttempts", 0, 2),
    maximumEventAgeSeconds: number("MaximumEventAgeInSeconds", 60, 21_600),
    onSuccess: arn("OnSuccess"),
    onFailure: arn("OnFailure"),
  };
}

/** With only a `Type`, SAM creates the queue or topic itself. */
function destinationArn(
  template: Template,
  destination: unknown,
  properties: Properties,
  property: string,
): string | undefined {
  const written = valueAt(destination, "Destination");
  if (written !== undefined) return arnOf(template, written, properties, property);
  const service = new Map([
    ["SQS", "sqs"],
    ["SNS", "sns"],
  ]).get(asString(valueAt(destination, "Type")));
  const name = `${properties.subject}${property.replace(/^.*\./, "")}`;
  if (service !== undefined) return `arn:aws:${service}:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${name}`;
  properties.reportInvalid(property, "it has no Destination");
  return undefined;
}

/** The queue or topic of SAM's `DeadLetterQueue` and CloudFormation's `DeadLetterConfig`. */
export function deadLetterOf(template: Template, properties: Properties): string | undefined {
  for (const property of ["DeadLetterQueue", "DeadLetterConfig"]) {
    const target = valueAt(properties.written(property), "TargetArn");
    if (target !== undefined) return arnOf(template, target, properties, `${property}.TargetArn`);
  }
  return undefined;
}

/** An ARN as written; for a resource of the template, an ARN built from its name or logical ID. */
function arnOf(
  template: Template,
  written: unknown,
  properties: Properties,
  property: string,
): string | undefined {
  const resolved = resolve(written, template.scope);
  if (resolved.kind === "value") return asString(resolved.value);
  const resource = isIntrinsic(written) ? template.find(resourceNamed(written)) : undefined;
  const made = resource && resourceArn(template, resource);
  if (made !== undefined) return made;
  properties.reportIgnored(property, resolved.why);
  return undefined;
}

function resourceNamed(call: unknown): string {
  const argument = onlyEntry(call)?.[1];
  return asString(Array.isArray(argument) ? argument[0] : argument).replace(/\..*$/, "");
}

function resourceArn(template: Template, resource: Resource): string | undefined {
  const kind = destinations.get(resource.type);
  if (!kind) return undefined;
  const name = propertyOf(template, resource, kind.name);
  const prefix = kind.arn.replace("REGION", LOCAL_REGION).replace("ACCOUNT", LOCAL_ACCOUNT);
  return `arn:aws:${prefix}${typeof name === "string" ? name : resource.id}`;
}
