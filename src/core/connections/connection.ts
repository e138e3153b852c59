/** Where calls go: a profile in a region, optionally at another endpoint; or Local. */
export type Connection = LocalConnection | AwsConnection;

export interface LocalConnection {
  kind: "local";
  name: "Local";
}

export interface AwsConnection {
  kind: "aws";
  name: string;
  profile?: string;
  region?: string;
  endpoint?: string;
}
