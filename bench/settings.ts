/** Settings with connections to one endpoint: `bench`, and as many more as are wanted, `bench 1`, `bench 2` … */
export function connectionSettings(endpoint: string, more = 0): Record<string, unknown> {
  const names = ["bench", ...Array.from({ length: more }, (_, index) => `bench ${index + 1}`)];
  return {
    "lambdaInvoke.local.enabled": false,
    "lambdaInvoke.connections": names.map((name) => ({ name, endpoint, region: "us-east-1" })),
  };
}
