import { type CopiedInvocation, type InvokeParameters, hintsOf, parametersOf } from "./invocationCopy.ts";

/** The languages of the AWS SDK that an invocation can be copied for. */
export type SdkLanguage = "javascript" | "python";

/** A program that makes an invocation once more, with the same bytes as its payload, and sends it once. */
export function sdkCode(copied: CopiedInvocation, language: SdkLanguage): string {
  return language === "javascript" ? javascript(copied) : python(copied);
}

function javascript(copied: CopiedInvocation): string {
  const { destination } = copied;
  const parameters = parametersOf(copied);
  const { functionName, qualifier, invocationType, clientContext, tenantId } = parameters;
  const { profile, region, endpoint } = destination.kind === "aws" ? destination : {};
  const client = { profile, region, endpoint, maxAttempts: 1 };
  const input = {
    FunctionName: functionName,
    Qualifier: qualifier,
    InvocationType: invocationType,
    ClientContext: clientContext,
    TenantId: tenantId,
    DurableExecutionName: parameters.durableExecutionName,
    Payload: parameters.payload,
  };
  return [
    ...hintsOf(copied).map((line) => `// ${line}`),
    'import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";',
    "",
    `const client = new LambdaClient(${objectLiteral(client)});`,
    `const command = new InvokeCommand(${objectLiteral(input)});`,
    "const { StatusCode, FunctionError, Payload } = await client.send(command);",
    "console.log(StatusCode, FunctionError, Payload?.transformToString());",
    "",
  ].join("\n");
}

/** An object of JavaScript; a string of JSON is one of JavaScript too. */
function objectLiteral(value: Record<string, string | number | undefined>): string {
  const given = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{\n${given.map(([key, each]) => `  ${key}: ${JSON.stringify(each)},`).join("\n")}\n}`;
}

function python(copied: CopiedInvocation): string {
  const { destination } = copied;
  const { profile, region, endpoint } = destination.kind === "aws" ? destination : {};
  const session = namedArguments({ profile_name: profile, region_name: region });
  const client = namedArguments({ endpoint_url: endpoint });
  return [
    ...hintsOf(copied).map((line) => `# ${line}`),
    "import boto3",
    "from botocore.config import Config",
    "",
    `session = boto3.Session(${session})`,
    'config = Config(retries={"total_max_attempts": 1}, read_timeout=960)',
    `client = session.client("lambda", config=config${client === "" ? "" : `, ${client}`})`,
    "response = client.invoke(",
    ...pythonParameters(parametersOf(copied)).map((line) => `    ${line},`),
    ")",
    'print(response["StatusCode"], response.get("FunctionError"), response["Payload"].read().decode())',
    "",
  ].join("\n");
}

function pythonParameters(parameters: InvokeParameters): string[] {
  const { functionName, qualifier, invocationType, clientContext, tenantId, durableExecutionName, payload } =
    parameters;
  const given: [string, string | undefined][] = [
    ["FunctionName", functionName],
    ["Qualifier", qualifier],
    ["InvocationType", invocationType],
    ["ClientContext", clientContext],
    ["TenantId", tenantId],
    ["DurableExecutionName", durableExecutionName],
  ];
  const lines = given.flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${pythonString(value)}`,
  );
  return [...lines, `Payload=${pythonString(payload)}.encode()`];
}

function namedArguments(values: Record<string, string | undefined>): string {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${pythonString(value)}`,
  );
  return given.join(", ");
}

/** A string of Python: the escapes of JSON mean the same there. */
function pythonString(text: string): string {
  return JSON.stringify(text);
}
