import type { NodeInstallation } from "./nodeProbe.ts";

/** The oldest versions that have `registerHooks` of `node:module`, which `start.mjs` needs. Source: the Node.js API documentation. */
export const OLDEST_NODE = "22.15 or newer (of 23: 23.5)";

export function isSupported({ version }: NodeInstallation): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major === 22) return minor >= 15;
  return major === 23 ? minor >= 5 : major > 23;
}

/**
 * The Node.js whose major version is the wanted one, else the next newer one, else the next older one: of several, the first.
 * Undefined where none is new enough.
 */
export function nearest(nodes: readonly NodeInstallation[], wanted: number): NodeInstallation | undefined {
  const distance = ({ version }: NodeInstallation): number => {
    const above = Number.parseInt(version, 10) - wanted;
    return above >= 0 ? above : 1000 - above;
  };
  return nodes.filter(isSupported).toSorted((a, b) => distance(a) - distance(b))[0];
}
