/**
 * What EKS makes of a token, from its sources: the authenticator's own checks (aws-iam-authenticator, `pkg/token/token.go`,
 * Verify), then those of STS, to which it sends the request with the header that names its own cluster (IAM User Guide, "Create a
 * signed AWS API request": the signature is computed anew from the secret that belongs to the access key).
 */
import { createHash, createHmac } from "node:crypto";

/** Somebody whom STS knows. */
export interface Principal {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Verifier {
  /** Its own cluster. */
  readonly clusterName: string;
  /** Hosts of STS in its partition. */
  readonly hosts: readonly string[];
  readonly principals: readonly Principal[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const PREFIX = "k8s-aws-v1.";
const CLUSTER_HEADER = "x-k8s-aws-id";
const PARAMETERS = [
  "action",
  "version",
  "x-amz-algorithm",
  "x-amz-credential",
  "x-amz-date",
  "x-amz-expires",
  "x-amz-security-token",
  "x-amz-signature",
  "x-amz-signedheaders",
];
const LIFE_MILLISECONDS = 15 * 60_000;
/** STS takes requests that are dated ahead of its clock by as much. */
const AHEAD_MILLISECONDS = 5 * 60_000;

/** The URL that a token carries. */
export const urlOf = (token: string): URL =>
  new URL(Buffer.from(token.slice(PREFIX.length), "base64url").toString("utf8"));

/** Whose token it is. Throws with the reason why it is nobody's. */
export function verified(token: string, verifier: Verifier): Principal {
  const must = (holds: boolean, reason: string): void => {
    if (!holds) throw new Error(reason);
  };
  must(token.length <= 4096, "token is too large");
  must(token.startsWith(PREFIX), "token has another prefix");
  must(/^[A-Za-z0-9_-]+$/.test(token.slice(PREFIX.length)), "token is not raw base64url");
  const url = urlOf(token);
  must(url.protocol === "https:", "scheme is not https");
  must(verifier.hosts.includes(url.host), `host is ${url.host}`);
  must(url.pathname === "/", "path is not /");
  const names = [...url.searchParams.keys()];
  for (const name of names) must(PARAMETERS.includes(name.toLowerCase()), `parameter ${name} is not allowed`);
  must(new Set(names).size === names.length, "a parameter has several values");
  const given = (name: string): string => url.searchParams.get(name) ?? "";
  must(given("Action") === "GetCallerIdentity", "action is another");
  const signedHeaders = given("X-Amz-SignedHeaders").split(";");
  must(signedHeaders.includes(CLUSTER_HEADER), `${CLUSTER_HEADER} is not signed`);
  must(
    /^\d+$/.test(given("X-Amz-Expires")) && Number(given("X-Amz-Expires")) <= 900,
    "expiry is not allowed",
  );
  const signedAt = timeOf(given("X-Amz-Date"));
  must(verifier.now() <= signedAt + LIFE_MILLISECONDS, "token has expired");
  must(signedAt <= verifier.now() + AHEAD_MILLISECONDS, "token is not yet valid");
  const [accessKeyId] = given("X-Amz-Credential").split("/");
  const principal = verifier.principals.find((one) => one.accessKeyId === accessKeyId);
  if (principal === undefined) throw new Error("access key is unknown");
  must(given("X-Amz-Security-Token") === (principal.sessionToken ?? ""), "session token is another");
  const headers = { host: url.host, [CLUSTER_HEADER]: verifier.clusterName };
  must(given("X-Amz-Signature") === signature(url, headers, principal), "signature does not match");
  return principal;
}

function timeOf(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (parts === null) throw new Error("date can't be read");
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** Signature Version 4 of a presigned GET without a body. */
function signature(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { secretAccessKey }: Principal,
): string {
  const given = (name: string): string => url.searchParams.get(name) ?? "";
  const signed = given("X-Amz-SignedHeaders").split(";");
  const query = [...url.searchParams]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort();
  const request = [
    "GET",
    "/",
    query.join("&"),
    ...signed.map((name) => `${name}:${headers[name] ?? ""}`),
    "",
    signed.join(";"),
    sha256(""),
  ].join("\n");
  const [, ...scope] = given("X-Amz-Credential").split("/");
  const text = ["AWS4-HMAC-SHA256", given("X-Amz-Date"), scope.join("/"), sha256(request)].join("\n");
  const key = scope.reduce<string | Buffer>((above, part) => hmac(above, part), `AWS4${secretAccessKey}`);
  return hmac(key, text).toString("hex");
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
