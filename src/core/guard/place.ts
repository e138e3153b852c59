import type { Connection } from "../connections/connection.ts";

/**
 * Where calls of a connection end up, whatever the connection is called: what a guard belongs to.
 * A part that's missing isn't known, and may be anything; only a missing `endpoint` is AWS's own.
 */
export type Place = { kind: "local" } | AwsPlace;

export interface AwsPlace {
  kind: "aws";
  profile?: string | undefined;
  region?: string | undefined;
  /** In one spelling, as `awsPlace` makes it. */
  endpoint?: string | undefined;
  account?: string | undefined;
}

/** What a connection says of its place. */
interface PlaceParts {
  profile?: string | undefined;
  region?: string | undefined;
  endpoint?: string | undefined;
}

/** The place of a connection; `defaultProfile` is what a connection without a profile uses. */
export function placeOf(connection: Connection, defaultProfile: string): Place {
  return connection.kind === "local" ? { kind: "local" } : awsPlace(connection, defaultProfile);
}

/** The same from the parts of an entry of the settings. */
export function awsPlace(parts: PlaceParts, defaultProfile: string): AwsPlace {
  const endpoint = parts.endpoint === undefined ? undefined : normalizeEndpoint(parts.endpoint);
  // An emulator on this machine takes any credentials, so there a missing profile isn't the default one.
  const profile = parts.profile ?? (endpoint?.isLoopback ? undefined : defaultProfile);
  const region = parts.region ?? endpoint?.awsRegion;
  return { kind: "aws", profile, region, endpoint: endpoint?.address };
}

/** Whether two places may be the same. A guard covers whatever may be its own place. */
export function mayBeSame(a: Place, b: Place): boolean {
  if (a.kind === "local" || b.kind === "local") return a.kind === b.kind;
  if (differs(a.region, b.region) || differs(a.account, b.account) || differs(a.endpoint, b.endpoint))
    return false;
  if (a.account !== undefined && a.account === b.account) return true;
  if (a.endpoint === b.endpoint) return !differs(a.profile, b.profile);
  // One of them has an endpoint, and the other's profile may set the same one.
  return a.profile !== undefined && a.profile === b.profile;
}

/** Whether two places are certainly the same, which is what lifting a guard asks for. */
export function isSamePlace(a: Place, b: Place): boolean {
  return placeKey(a) === placeKey(b);
}

/** What tells a place from others, its account aside, which becomes known later. */
export function placeKey(place: Place): string {
  if (place.kind === "local") return "local";
  return JSON.stringify([place.profile, place.region, place.endpoint]);
}

function differs(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}

/** Every name of this machine's own loopback interface. */
const LOOPBACK =
  /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\]|\[::ffff:7f[\da-f]{2}:[\da-f]+\]|0\.0\.0\.0|\[::\])$/;
/** AWS's own endpoints of Lambda, the FIPS and the dual-stack ones too. AWS General Reference: AWS Lambda endpoints. */
const AWS_ENDPOINT =
  /^lambda(?:-fips)?\.([a-z\d-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/;

interface Endpoint {
  /** In one spelling; missing if it's AWS's own. */
  address?: string;
  awsRegion?: string | undefined;
  isLoopback?: boolean;
}

function normalizeEndpoint(endpoint: string): Endpoint {
  if (!URL.canParse(endpoint)) return { address: endpoint };
  const { protocol, hostname, port, pathname } = new URL(endpoint);
  const host = hostname.replace(/\.$/, "");
  const awsRegion = AWS_ENDPOINT.exec(host)?.[1];
  if (awsRegion !== undefined) return { awsRegion };
  const isLoopback = LOOPBACK.test(host);
  const address = `${protocol}//${isLoopback ? "localhost" : host}:${port}${pathname.replace(/\/+$/, "")}`;
  return { address, isLoopback };
}
