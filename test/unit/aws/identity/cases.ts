import { keyLines } from "./standIn.ts";

/**
 * A configuration of a machine, and what the AWS CLI does with it. In its strings, {a} and {b} are the addresses of two
 * servers, {home} is the home folder. Where a case says nothing else, AWS_ENDPOINT_URL is {a}.
 */
export interface IdentityCase {
  title: string;
  config?: readonly string[];
  credentials?: readonly string[];
  environment?: Readonly<Record<string, string>>;
  /** Other files of the home folder, by path. */
  files?: Readonly<Record<string, string>>;
  connection?: { profile?: string; region?: string; endpoint?: string };
  /** Who calls, where to and in which region. */
  key?: string;
  region?: string;
  at?: "a" | "b";
  /** Why nothing is sent. */
  failure?: string;
  /** Why the AWS CLI isn't asked the same: it asks the user, reads other variables in its older version, and so on. */
  notAsked?: string;
}

const OLDER_CLI = "its version 1 reads other variables";
const STRICTER = "a profile that is named never gets the role of the machine here";
const REGION = "region = eu-west-1";
const BASE = ["[base]", ...keyLines("AKIDBASE")];
const ENVIRONMENT_KEYS = { AWS_ACCESS_KEY_ID: "AKIDENV", AWS_SECRET_ACCESS_KEY: "secretOfAKIDENV" };
const dev = { profile: "dev" };

function role(name: string, ...more: string[]): string[] {
  return [`[profile ${name}]`, REGION, `role_arn = arn:aws:iam::123456789012:role/${name}`, ...more];
}

const KEYS: IdentityCase[] = [
  {
    title: "keys in the credentials file",
    credentials: ["[dev]", ...keyLines("AKIDDEV")],
    config: ["[profile dev]", REGION],
    connection: dev,
    key: "AKIDDEV",
  },
  {
    title: "keys in the config file",
    config: ["[profile dev]", REGION, ...keyLines("AKIDDEV")],
    connection: dev,
    key: "AKIDDEV",
  },
  {
    title: "keys in both files: those of the credentials file",
    credentials: ["[dev]", ...keyLines("AKIDONE")],
    config: ["[profile dev]", REGION, ...keyLines("AKIDTWO")],
    connection: dev,
    key: "AKIDONE",
  },
  {
    title: "the default profile",
    credentials: ["[default]", ...keyLines("AKIDDEF")],
    config: ["[default]", REGION],
    key: "AKIDDEF",
  },
  {
    title: "the default profile, by its name",
    credentials: ["[default]", ...keyLines("AKIDDEF")],
    config: ["[default]", REGION],
    connection: { profile: "default" },
    environment: ENVIRONMENT_KEYS,
    key: "AKIDDEF",
  },
  {
    title: "[profile default] is the default profile too",
    config: ["[profile default]", REGION, ...keyLines("AKIDDEF")],
    key: "AKIDDEF",
  },
  {
    title: "keys of the environment before the default profile",
    credentials: ["[default]", ...keyLines("AKIDDEF")],
    config: ["[default]", REGION],
    environment: ENVIRONMENT_KEYS,
    key: "AKIDENV",
  },
  {
    title: "keys of the environment before AWS_PROFILE",
    credentials: ["[dev]", ...keyLines("AKIDDEV")],
    config: ["[profile dev]", REGION],
    environment: { ...ENVIRONMENT_KEYS, AWS_PROFILE: "dev" },
    key: "AKIDENV",
  },
  {
    title: "a session of the environment",
    config: ["[default]", REGION],
    environment: {
      AWS_ACCESS_KEY_ID: "ASIAENV",
      AWS_SECRET_ACCESS_KEY: "secretOfASIAENV",
      AWS_SESSION_TOKEN: "tokenOfASIAENV",
    },
    key: "ASIAENV",
  },
  {
    title: "a session in the credentials file",
    credentials: ["[dev]", ...keyLines("ASIADEV"), "aws_session_token = tokenOfASIADEV"],
    config: ["[profile dev]", REGION],
    connection: dev,
    key: "ASIADEV",
  },
  {
    title: "a session by its older name",
    credentials: ["[dev]", ...keyLines("ASIADEV"), "aws_security_token = tokenOfASIADEV"],
    config: ["[profile dev]", REGION],
    connection: dev,
    key: "ASIADEV",
  },
  {
    title: "a named profile, whatever the environment has",
    credentials: ["[dev]", ...keyLines("AKIDDEV")],
    config: ["[profile dev]", REGION],
    environment: ENVIRONMENT_KEYS,
    connection: dev,
    key: "AKIDDEV",
  },
  {
    title: "AWS_PROFILE",
    credentials: ["[dev]", ...keyLines("AKIDDEV"), "[default]", ...keyLines("AKIDDEF")],
    config: ["[profile dev]", REGION],
    environment: { AWS_PROFILE: "dev" },
    key: "AKIDDEV",
  },
  {
    title: "a connection's profile before AWS_PROFILE",
    credentials: [...BASE, "[dev]", ...keyLines("AKIDDEV")],
    config: ["[profile dev]", REGION],
    environment: { AWS_PROFILE: "base" },
    connection: dev,
    key: "AKIDDEV",
  },
  {
    title: "files that are somewhere else",
    config: ["[profile dev]", "region = us-west-1"],
    files: {
      "other/config": "[profile dev]\nregion = eu-west-1\n",
      "other/keys": `[dev]\n${keyLines("AKIDELSE").join("\n")}\n`,
    },
    environment: { AWS_CONFIG_FILE: "~/other/config", AWS_SHARED_CREDENTIALS_FILE: "{home}/other/keys" },
    connection: dev,
    key: "AKIDELSE",
  },
  {
    title: "a variable in the path of a file",
    files: { "else/config": `[profile dev]\nregion = eu-west-1\n${keyLines("AKIDVAR").join("\n")}\n` },
    environment: { FOLDER: "{home}/else", AWS_CONFIG_FILE: "$FOLDER/config" },
    connection: dev,
    key: "AKIDVAR",
  },
  {
    title: "a key without its secret",
    credentials: ["[dev]", "aws_access_key_id = AKIDDEV"],
    config: ["[profile dev]", REGION],
    connection: dev,
    failure: "profileInvalid",
  },
  {
    title: "a key of the environment without its secret",
    config: ["[default]", REGION],
    environment: { AWS_ACCESS_KEY_ID: "AKIDENV" },
    failure: "profileInvalid",
  },
  {
    title: "a profile that is nowhere",
    config: ["[default]", REGION],
    environment: ENVIRONMENT_KEYS,
    connection: { profile: "gone" },
    failure: "profileMissing",
  },
  {
    title: "an AWS_PROFILE that is nowhere, beside keys",
    config: ["[default]", REGION],
    environment: { ...ENVIRONMENT_KEYS, AWS_PROFILE: "gone" },
    failure: "profileMissing",
  },
  {
    title: "a profile of the config file without the word profile",
    config: ["[dev]", REGION, ...keyLines("AKIDDEV")],
    connection: dev,
    failure: "profileMissing",
  },
  { title: "nothing at all", config: ["[default]", REGION], failure: "noCredentials" },
];

const FORMAT: IdentityCase[] = [
  {
    title: "a name in double quotes, with a space",
    config: ['[profile "my prof"]', REGION, ...keyLines("AKIDSPACE")],
    connection: { profile: "my prof" },
    key: "AKIDSPACE",
  },
  {
    title: "a name in single quotes",
    config: ["[profile 'my prof']", REGION, ...keyLines("AKIDSINGLE")],
    connection: { profile: "my prof" },
    key: "AKIDSINGLE",
  },
  {
    title: "a name with an escaped space",
    config: ["[profile my\\ prof]", REGION, ...keyLines("AKIDESC")],
    connection: { profile: "my prof" },
    key: "AKIDESC",
  },
  {
    title: "a name with a space in the credentials file",
    credentials: ["[my prof]", ...keyLines("AKIDSPACE")],
    config: ['[profile "my prof"]', REGION],
    connection: { profile: "my prof" },
    key: "AKIDSPACE",
  },
  {
    title: "a tab between profile and its name",
    config: ["[profile\tdev]", REGION, ...keyLines("AKIDTAB")],
    connection: dev,
    key: "AKIDTAB",
  },
  {
    title: "a name that isn't ASCII",
    config: ["[profile größe]", REGION, ...keyLines("AKIDUNI")],
    connection: { profile: "größe" },
    key: "AKIDUNI",
  },
  {
    title: "a name with slashes and signs",
    config: ["[profile a/b.c:d@e+f]", REGION, ...keyLines("AKIDSIGN")],
    connection: { profile: "a/b.c:d@e+f" },
    key: "AKIDSIGN",
  },
  {
    title: "a name without quotes, with a space",
    config: ["[profile my prof]", REGION, ...keyLines("AKIDSPACE")],
    connection: { profile: "my prof" },
    failure: "profileMissing",
  },
  {
    title: "names of settings in capitals",
    config: [
      "[profile dev]",
      "REGION = eu-west-1",
      "AWS_ACCESS_KEY_ID = AKIDCAP",
      "Aws_Secret_Access_Key = secretOfAKIDCAP",
    ],
    connection: dev,
    key: "AKIDCAP",
  },
  {
    title: "colons in place of equals signs",
    config: [
      "[profile dev]",
      "region: eu-west-1",
      "aws_access_key_id: AKIDCOLON",
      "aws_secret_access_key: secretOfAKIDCOLON",
    ],
    connection: dev,
    key: "AKIDCOLON",
  },
  {
    title: "comments, blank lines and indented settings",
    config: [
      "# a",
      "[profile dev]",
      "",
      "; b",
      "  region = eu-west-1",
      ...keyLines("AKIDIND").map((line) => `  ${line}`),
    ],
    connection: dev,
    key: "AKIDIND",
  },
  {
    title: "settings of their own beneath one",
    config: [
      "[profile dev]",
      "s3 =",
      "  max_concurrent_requests = 2",
      "  region = us-west-2",
      REGION,
      ...keyLines("AKIDNEST"),
    ],
    connection: dev,
    key: "AKIDNEST",
  },
  {
    title: "line ends of Windows",
    config: ["[profile dev]\r", `${REGION}\r`, ...keyLines("AKIDCRLF").map((line) => `${line}\r`)],
    connection: dev,
    key: "AKIDCRLF",
  },
  {
    title: "a section that is there twice",
    config: ["[profile dev]", REGION, ...keyLines("AKIDONE"), "[profile dev]", ...keyLines("AKIDTWO")],
    connection: dev,
    failure: "configUnreadable",
  },
  {
    title: "a setting that is there twice",
    config: ["[profile dev]", REGION, "region = us-west-2", ...keyLines("AKIDONE")],
    connection: dev,
    failure: "configUnreadable",
  },
  {
    title: "one profile in two spellings: the later one",
    config: [
      "[profile dev]",
      REGION,
      ...keyLines("AKIDONE"),
      '[profile "dev"]',
      REGION,
      ...keyLines("AKIDTWO"),
    ],
    connection: dev,
    key: "AKIDTWO",
  },
  {
    title: "a line that isn't a setting",
    config: ["[profile dev]", REGION, "nonsense"],
    credentials: ["[dev]", ...keyLines("AKIDDEV")],
    connection: dev,
    failure: "configUnreadable",
  },
  {
    title: "settings that [DEFAULT] has for all",
    config: ["[DEFAULT]", REGION, "[profile dev]", ...keyLines("AKIDDEV")],
    connection: dev,
    key: "AKIDDEV",
  },
];

const REGIONS: IdentityCase[] = [
  {
    title: "the region of both files: that of the credentials file",
    credentials: ["[dev]", ...keyLines("AKIDDEV"), "region = eu-north-1"],
    config: ["[profile dev]", REGION],
    connection: dev,
    key: "AKIDDEV",
    region: "eu-north-1",
  },
  {
    title: "a connection's region before all others",
    credentials: ["[dev]", ...keyLines("AKIDDEV")],
    config: ["[profile dev]", REGION],
    environment: { AWS_DEFAULT_REGION: "eu-north-1" },
    connection: { profile: "dev", region: "ap-south-1" },
    key: "AKIDDEV",
    region: "ap-south-1",
  },
  {
    title: "AWS_DEFAULT_REGION before that of the profile",
    credentials: ["[dev]", ...keyLines("AKIDDEV")],
    config: ["[profile dev]", REGION],
    environment: { AWS_DEFAULT_REGION: "eu-north-1" },
    connection: dev,
    key: "AKIDDEV",
    region: "eu-north-1",
  },
  {
    title: "AWS_REGION before AWS_DEFAULT_REGION",
    credentials: ["[dev]", ...keyLines("AKIDDEV")],
    config: ["[profile dev]", REGION],
    environment: { AWS_REGION: "us-east-2", AWS_DEFAULT_REGION: "eu-north-1" },
    connection: dev,
    key: "AKIDDEV",
    region: "us-east-2",
    notAsked: OLDER_CLI,
  },
  {
    title: "AWS_REGION beside AWS_PROFILE",
    credentials: ["[dev]", ...keyLines("AKIDDEV")],
    config: ["[profile dev]", REGION],
    environment: { AWS_REGION: "us-east-2", AWS_PROFILE: "dev" },
    key: "AKIDDEV",
    region: "us-east-2",
    notAsked: OLDER_CLI,
  },
  {
    title: "keys of the environment in the region of AWS_PROFILE",
    config: ["[profile dev]", "region = sa-east-1"],
    environment: { ...ENVIRONMENT_KEYS, AWS_PROFILE: "dev" },
    key: "AKIDENV",
    region: "sa-east-1",
  },
  {
    title: "no region of the default profile for another one",
    credentials: ["[dev]", ...keyLines("AKIDDEV")],
    config: ["[default]", REGION],
    connection: dev,
    failure: "noRegion",
  },
];

const ENDPOINTS: IdentityCase[] = [
  {
    title: "the profile's endpoint, not that of the default profile",
    config: [
      "[default]",
      "endpoint_url = {a}",
      "[profile dev]",
      REGION,
      "endpoint_url = {b}",
      ...keyLines("AKIDDEV"),
    ],
    environment: { AWS_ENDPOINT_URL: "" },
    connection: dev,
    key: "AKIDDEV",
    at: "b",
  },
  {
    title: "a connection's endpoint before all others",
    config: ["[profile dev]", REGION, "endpoint_url = {a}", ...keyLines("AKIDDEV")],
    connection: { profile: "dev", endpoint: "{b}" },
    key: "AKIDDEV",
    at: "b",
  },
  {
    title: "the environment's endpoint before that of the profile",
    config: ["[profile dev]", REGION, "endpoint_url = {a}", ...keyLines("AKIDDEV")],
    environment: { AWS_ENDPOINT_URL: "{b}" },
    connection: dev,
    key: "AKIDDEV",
    at: "b",
  },
  {
    title: "a service's own variable before that for all",
    config: ["[profile dev]", REGION, ...keyLines("AKIDDEV")],
    environment: { AWS_ENDPOINT_URL_LAMBDA: "{b}" },
    connection: dev,
    key: "AKIDDEV",
    at: "b",
  },
  {
    title: "a services section before the profile's endpoint",
    config: [
      "[profile dev]",
      REGION,
      "services = local",
      "endpoint_url = {a}",
      ...keyLines("AKIDDEV"),
      "[services local]",
      "lambda =",
      "  endpoint_url = {b}",
    ],
    environment: { AWS_ENDPOINT_URL: "" },
    connection: dev,
    key: "AKIDDEV",
    at: "b",
  },
  {
    title: "a services section for another service only",
    config: [
      "[profile dev]",
      REGION,
      "services = local",
      "endpoint_url = {b}",
      ...keyLines("AKIDDEV"),
      "[services local]",
      "s3 =",
      "  endpoint_url = {a}",
    ],
    environment: { AWS_ENDPOINT_URL: "" },
    connection: dev,
    key: "AKIDDEV",
    at: "b",
  },
  {
    title: "a services section with a name in quotes",
    config: [
      "[profile dev]",
      REGION,
      "services = my local",
      ...keyLines("AKIDDEV"),
      '[services "my local"]',
      "lambda =",
      "  endpoint_url = {b}",
    ],
    environment: { AWS_ENDPOINT_URL: "" },
    connection: dev,
    key: "AKIDDEV",
    at: "b",
  },
  {
    title: "a services section that is nowhere",
    config: ["[profile dev]", REGION, "services = gone", ...keyLines("AKIDDEV")],
    environment: { AWS_ENDPOINT_URL: "" },
    connection: dev,
    failure: "profileInvalid",
  },
  {
    title: "an endpoint in the credentials file",
    credentials: ["[dev]", ...keyLines("AKIDDEV"), "endpoint_url = {b}"],
    config: ["[profile dev]", REGION],
    environment: { AWS_ENDPOINT_URL: "" },
    connection: dev,
    key: "AKIDDEV",
    at: "b",
  },
  {
    title: "keys of the environment at the endpoint of AWS_PROFILE",
    config: ["[profile dev]", REGION, "endpoint_url = {b}"],
    environment: { ...ENVIRONMENT_KEYS, AWS_ENDPOINT_URL: "", AWS_PROFILE: "dev" },
    key: "AKIDENV",
    at: "b",
  },
  {
    title: "an endpoint of STS alone",
    config: [
      ...role("dev", "source_profile = base", "services = s"),
      "[services s]",
      "sts =",
      "  endpoint_url = {b}",
      "lambda =",
      "  endpoint_url = {a}",
    ],
    credentials: BASE,
    environment: { AWS_ENDPOINT_URL: "" },
    connection: dev,
    key: "ASIAdevBYAKIDBASE",
  },
];

const ROLES: IdentityCase[] = [
  {
    title: "a role",
    config: role("dev", "source_profile = base"),
    credentials: BASE,
    connection: dev,
    key: "ASIAdevBYAKIDBASE",
  },
  {
    title: "a role with an external id and a session name",
    config: role(
      "dev",
      "source_profile = base",
      "external_id = ext",
      "role_session_name = me",
      "duration_seconds = 900",
    ),
    credentials: BASE,
    connection: dev,
    key: "ASIAdev-extBYAKIDBASE",
  },
  {
    title: "a role assumed with a role",
    config: [...role("dev", "source_profile = mid"), ...role("mid", "source_profile = base")],
    credentials: BASE,
    connection: dev,
    key: "ASIAdevBYASIAmidBYAKIDBASE",
  },
  {
    title: "a role before the profile's own keys, which assume it",
    config: [...role("dev", "source_profile = dev"), ...keyLines("AKIDDEV")],
    connection: dev,
    key: "ASIAdevBYAKIDDEV",
  },
  {
    title: "a source with keys and a role: its keys",
    config: [
      ...role("dev", "source_profile = mid"),
      ...role("mid", "source_profile = base"),
      ...keyLines("AKIDMID"),
    ],
    credentials: BASE,
    connection: dev,
    key: "ASIAdevBYAKIDMID",
  },
  {
    title: "a role with the keys of the environment",
    config: role("dev", "credential_source = Environment"),
    environment: ENVIRONMENT_KEYS,
    connection: dev,
    key: "ASIAdevBYAKIDENV",
  },
  {
    title: "a role with the keys of the environment, where there are none",
    config: role("dev", "credential_source = Environment"),
    connection: dev,
    failure: "profileInvalid",
  },
  {
    title: "a role with the container's",
    config: role("dev", "credential_source = EcsContainer"),
    environment: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "{a}/container",
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "container-token",
    },
    connection: dev,
    key: "ASIAdevBYASIAcontainer",
  },
  {
    title: "a role with the instance's",
    config: role("dev", "credential_source = Ec2InstanceMetadata"),
    environment: { AWS_EC2_METADATA_DISABLED: "", AWS_EC2_METADATA_SERVICE_ENDPOINT: "{a}" },
    connection: dev,
    key: "ASIAdevBYASIAinstance",
  },
  {
    title: "a role with the instance's, at an endpoint that the profile has",
    config: role("dev", "credential_source = Ec2InstanceMetadata", "ec2_metadata_service_endpoint = {a}"),
    environment: { AWS_EC2_METADATA_DISABLED: "" },
    connection: dev,
    key: "ASIAdevBYASIAinstance",
  },
  {
    title: "a role with the instance's, where that is switched off",
    config: role("dev", "credential_source = Ec2InstanceMetadata"),
    environment: { AWS_EC2_METADATA_SERVICE_ENDPOINT: "{a}" },
    connection: dev,
    failure: "machineRoleUnavailable",
  },
  {
    title: "a role with something unknown",
    config: role("dev", "credential_source = Moon"),
    connection: dev,
    failure: "profileInvalid",
  },
  {
    title: "a role with two sources",
    config: role("dev", "source_profile = base", "credential_source = Environment"),
    credentials: BASE,
    connection: dev,
    failure: "profileInvalid",
  },
  { title: "a role without a source", config: role("dev"), connection: dev, failure: "profileInvalid" },
  {
    title: "a role with a source that is nowhere",
    config: role("dev", "source_profile = gone"),
    connection: dev,
    failure: "sourceProfileMissing",
  },
  {
    title: "a role with a source without credentials",
    config: [...role("dev", "source_profile = mid"), "[profile mid]", REGION],
    environment: ENVIRONMENT_KEYS,
    connection: dev,
    failure: "noCredentials",
  },
  {
    title: "roles that assume each other",
    config: [...role("dev", "source_profile = mid"), ...role("mid", "source_profile = dev")],
    connection: dev,
    failure: "sourceProfileCycle",
  },
  {
    title: "a role that assumes itself",
    config: role("dev", "source_profile = dev"),
    connection: dev,
    failure: "sourceProfileCycle",
  },
  {
    title: "a role that is refused",
    config: ["[profile dev]", REGION, "role_arn = arn:aws:iam::1:role/denied", "source_profile = base"],
    credentials: BASE,
    connection: dev,
    failure: "roleRefused",
  },
  {
    title: "a role that wants a code",
    config: role("dev", "source_profile = base", "mfa_serial = arn:aws:iam::1:mfa/me"),
    credentials: BASE,
    connection: dev,
    key: "ASIAdev-123456BYAKIDBASE",
    notAsked: "it asks the user",
  },
  {
    title: "a web identity of the profile",
    config: role("dev", "web_identity_token_file = {home}/token"),
    files: { token: "WEBTOKEN" },
    connection: dev,
    key: "ASIAdevBYWEBTOKEN",
  },
  {
    title: "a web identity of the environment",
    config: ["[default]", REGION],
    files: { token: "WEBTOKEN" },
    environment: { AWS_WEB_IDENTITY_TOKEN_FILE: "{home}/token", AWS_ROLE_ARN: "arn:aws:iam::1:role/pod" },
    key: "ASIApodBYWEBTOKEN",
  },
  {
    title: "a named profile, not the web identity of the environment",
    config: ["[profile dev]", REGION, ...keyLines("AKIDDEV")],
    files: { token: "WEBTOKEN" },
    environment: { AWS_WEB_IDENTITY_TOKEN_FILE: "{home}/token", AWS_ROLE_ARN: "arn:aws:iam::1:role/pod" },
    connection: dev,
    key: "AKIDDEV",
  },
  {
    title: "a web identity whose file is missing",
    config: role("dev", "web_identity_token_file = {home}/gone"),
    connection: dev,
    failure: "tokenFileUnreadable",
  },
  {
    title: "a web identity before keys",
    config: [...role("dev", "web_identity_token_file = {home}/token"), ...keyLines("AKIDDEV")],
    files: { token: "WEBTOKEN" },
    connection: dev,
    key: "ASIAdevBYWEBTOKEN",
  },
];

const container = {
  AWS_CONTAINER_CREDENTIALS_FULL_URI: "{a}/container",
  AWS_CONTAINER_AUTHORIZATION_TOKEN: "container-token",
};
const instance = { AWS_EC2_METADATA_DISABLED: "", AWS_EC2_METADATA_SERVICE_ENDPOINT: "{a}" };

const MACHINES: IdentityCase[] = [
  {
    title: "the container's role where nothing else is",
    config: ["[default]", REGION],
    environment: container,
    key: "ASIAcontainer",
  },
  {
    title: "the container's token in a file",
    config: ["[default]", REGION],
    files: { auth: "container-token" },
    environment: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "{a}/container",
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "{home}/auth",
    },
    key: "ASIAcontainer",
  },
  {
    title: "the instance's role where nothing else is",
    config: ["[default]", REGION],
    environment: instance,
    key: "ASIAinstance",
  },
  {
    title: "the container's role before the instance's",
    config: ["[default]", REGION],
    environment: { ...instance, ...container },
    key: "ASIAcontainer",
  },
  {
    title: "the default profile before the machine's roles",
    config: ["[default]", REGION, ...keyLines("AKIDDEF")],
    environment: { ...instance, ...container },
    key: "AKIDDEF",
  },
  {
    title: "a named profile without credentials, on an instance",
    config: ["[profile dev]", REGION],
    environment: instance,
    connection: dev,
    failure: "noCredentials",
    notAsked: STRICTER,
  },
  {
    title: "a named profile without credentials, in a container",
    config: ["[profile dev]", REGION],
    environment: container,
    connection: dev,
    failure: "noCredentials",
    notAsked: STRICTER,
  },
  {
    title: "AWS_PROFILE without credentials, on an instance",
    config: ["[profile dev]", REGION],
    environment: { ...instance, AWS_PROFILE: "dev" },
    failure: "noCredentials",
    notAsked: STRICTER,
  },
];

/** `credential_process` that prints a key pair. */
const print = (key: string): string =>
  JSON.stringify({ Version: 1, AccessKeyId: key, SecretAccessKey: `secretOf${key}` });

const PROCESSES: IdentityCase[] = [
  {
    title: "a process",
    config: ["[profile dev]", REGION, "credential_process = cat {home}/answer"],
    files: { answer: print("AKIDPROC") },
    connection: dev,
    key: "AKIDPROC",
  },
  {
    title: "a process with quotes",
    config: ["[profile dev]", REGION, `credential_process = cat "{home}/my answer"`],
    files: { "my answer": print("AKIDQUOTE") },
    connection: dev,
    key: "AKIDQUOTE",
  },
  {
    title: "a process with single quotes and a backslash",
    config: ["[profile dev]", REGION, `credential_process = 'cat' {home}/my\\ answer`],
    files: { "my answer": print("AKIDBACK") },
    connection: dev,
    key: "AKIDBACK",
  },
  {
    title: "a process without a shell",
    config: ["[profile dev]", REGION, "credential_process = cat $HOME/answer"],
    files: { answer: print("AKIDPROC") },
    connection: dev,
    failure: "processFailed",
  },
  {
    title: "keys of the credentials file before a process",
    config: ["[profile dev]", REGION, "credential_process = false"],
    credentials: ["[dev]", ...keyLines("AKIDDEV")],
    connection: dev,
    key: "AKIDDEV",
  },
  {
    title: "a process before keys of the config file",
    config: ["[profile dev]", REGION, "credential_process = cat {home}/answer", ...keyLines("AKIDDEV")],
    files: { answer: print("AKIDPROC") },
    connection: dev,
    key: "AKIDPROC",
  },
  {
    title: "a process that fails",
    config: ["[profile dev]", REGION, "credential_process = cat {home}/gone"],
    environment: { ...instance, ...ENVIRONMENT_KEYS },
    connection: dev,
    failure: "processFailed",
  },
  {
    title: "a process that isn't there",
    config: ["[profile dev]", REGION, "credential_process = {home}/gone"],
    connection: dev,
    failure: "processFailed",
  },
  {
    title: "a process whose quote isn't closed",
    config: ["[profile dev]", REGION, `credential_process = cat "{home}`],
    connection: dev,
    failure: "profileInvalid",
  },
  {
    title: "a process that prints something else",
    config: ["[profile dev]", REGION, "credential_process = cat {home}/answer"],
    files: { answer: "AKIDPROC secretOfAKIDPROC" },
    connection: dev,
    failure: "processOutputInvalid",
  },
  {
    title: "a process of another version",
    config: ["[profile dev]", REGION, "credential_process = cat {home}/answer"],
    files: { answer: print("AKIDPROC").replace("1", "2") },
    connection: dev,
    failure: "processOutputInvalid",
  },
  {
    title: "a role with a process as its source",
    config: [
      ...role("dev", "source_profile = proc"),
      "[profile proc]",
      "credential_process = cat {home}/answer",
    ],
    files: { answer: print("AKIDPROC") },
    connection: dev,
    key: "ASIAdevBYAKIDPROC",
  },
];

export const CASES: readonly IdentityCase[] = [
  ...KEYS,
  ...FORMAT,
  ...REGIONS,
  ...ENDPOINTS,
  ...ROLES,
  ...MACHINES,
  ...PROCESSES,
];
