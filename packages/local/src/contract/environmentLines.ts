import type { LocalAddress } from "./service.ts";

/** The environment variables that point an AWS CLI, an SDK or a test suite at the local service. */
export function environmentVariables({
  endpoint,
  region,
  credentials,
}: LocalAddress): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_LAMBDA: endpoint,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
}

/** The same variables as lines for a POSIX shell or PowerShell. */
export function environmentLines(address: LocalAddress, shell: "posix" | "powershell"): string {
  const line = ([name, value]: [string, string]): string =>
    shell === "posix" ? `export ${name}='${value}'` : `$env:${name} = '${value}'`;
  return `${Object.entries(environmentVariables(address)).map(line).join("\n")}\n`;
}
