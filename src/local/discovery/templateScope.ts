import { functionArn, localAccount, localRegion } from "../identity.ts";
import { noValue, type Scope } from "./intrinsics.ts";
import { isRecord, recordAt } from "./plain.ts";

/**
 * What names mean in a template: pseudo parameters, parameters by their defaults, and functions as Local knows them.
 * Source: "Pseudo parameters reference" of the CloudFormation user guide.
 */
export function templateScope(template: unknown): Scope {
  const parameters = recordAt(template, "Parameters");
  const resources = recordAt(template, "Resources");
  const functionName = (id: string): string | undefined => {
    const resource = resources[id];
    if (!isRecord(resource) || !functionTypes.has(String(resource["Type"]))) return undefined;
    const name = recordAt(resource, "Properties")["FunctionName"];
    return typeof name === "string" ? name : id;
  };
  return {
    ref: (name) => pseudoParameters.get(name) ?? recordAt(parameters, name)["Default"] ?? functionName(name),
    attribute(resource, attribute) {
      const name = functionName(resource);
      return name !== undefined && attribute === "Arn" ? functionArn(name) : undefined;
    },
  };
}

const functionTypes = new Set(["AWS::Serverless::Function", "AWS::Lambda::Function"]);

const pseudoParameters: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["AWS::AccountId", localAccount],
  ["AWS::NoValue", noValue],
  ["AWS::NotificationARNs", []],
  ["AWS::Partition", "aws"],
  ["AWS::Region", localRegion],
  ["AWS::StackId", `arn:aws:cloudformation:${localRegion}:${localAccount}:stack/local/local`],
  ["AWS::StackName", "local"],
  ["AWS::URLSuffix", "amazonaws.com"],
]);
