import { readFileSync } from "node:fs";
import type { RequestOptions } from "node:https";
import { dirname, isAbsolute, join } from "node:path";
// The client's parts, not its index: that brings every typed API (1.9 MB), and its KubeConfig the same by way of undici.
import { newClusters, newContexts, newUsers, type User } from "@kubernetes/client-node/dist/config_types.js";
import { ExecAuth } from "@kubernetes/client-node/dist/exec_auth.js";
import { FileAuth } from "@kubernetes/client-node/dist/file_auth.js";
import { parse, YAMLError } from "yaml";

/** Where the API server is, how to know it, and how to be known by it. */
export interface ClusterAccess {
  readonly server: URL;
  readonly trust: {
    /** PEM. Absent means the certificate authorities of the machine. */
    readonly certificateAuthority?: string | Buffer;
    readonly serverName?: string;
    readonly skipVerify?: boolean;
  };
  readonly proxyURL?: string;
  /** Asked at each request, so that a token may be short-lived; keeps what is still good. */
  credentials(): Promise<Credentials>;
}

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  /** A client certificate and its key, PEM. */
  readonly certificate?: string | Buffer;
  readonly key?: string | Buffer;
}

/** Gives a bearer token that is good now. */
export type TokenProvider = () => Promise<string>;

export interface TokenAccess {
  readonly server: string;
  /** Base64 of PEM, as a kubeconfig's certificate-authority-data and EKS DescribeCluster give it. */
  readonly certificateAuthorityData?: string;
  readonly token: TokenProvider;
}

export function accessWithToken({ server, certificateAuthorityData, token }: TokenAccess): ClusterAccess {
  return {
    server: serverURL(server, false),
    trust:
      certificateAuthorityData === undefined
        ? {}
        : { certificateAuthority: Buffer.from(certificateAuthorityData, "base64") },
    credentials: async () => ({ headers: { authorization: `Bearer ${await token()}` } }),
  };
}

export interface KubeconfigOptions {
  /** Instead of current-context. */
  readonly context?: string;
  /** Where relative paths in it start (Kubernetes "Organizing Cluster Access", "File references"). */
  readonly directory?: string;
}

/** Reads the kubeconfig file at a path. Throws where it names no usable cluster and user. */
export function accessFromKubeconfigFile(path: string, options: KubeconfigOptions = {}): ClusterAccess {
  return accessFromKubeconfig(readFileSync(path, "utf8"), { directory: dirname(path), ...options });
}

/** Reads a kubeconfig's text, YAML or JSON. Throws where it names no usable cluster and user. */
export function accessFromKubeconfig(text: string, options: KubeconfigOptions = {}): ClusterAccess {
  const config = yamlOf(text) as Record<string, unknown> | null;
  if (typeof config !== "object" || config === null) throw new Error("the kubeconfig holds no object");
  const contextName = options.context ?? config["current-context"];
  const context = newContexts(config["contexts"]).find(({ name }) => name === contextName);
  if (context === undefined) throw new Error(`the kubeconfig has no context ${JSON.stringify(contextName)}`);
  const cluster = newClusters(config["clusters"]).find(({ name }) => name === context.cluster);
  if (cluster === undefined) throw new Error(`the kubeconfig has no cluster ${context.cluster}`);
  const user = newUsers(config["users"]).find(({ name }) => name === context.user);
  const read = (file: string | null | undefined, data: string | null | undefined) =>
    contentOf(file, data, options.directory);
  const certificateAuthority = read(cluster.caFile, cluster.caData);
  return {
    server: serverURL(cluster.server, cluster.skipTLSVerify),
    trust: {
      ...(certificateAuthority && { certificateAuthority }),
      ...(cluster.tlsServerName && { serverName: cluster.tlsServerName }),
      skipVerify: cluster.skipTLSVerify,
    },
    ...(cluster.proxyUrl && { proxyURL: cluster.proxyUrl }),
    credentials: user === undefined ? anonymous : credentialsOf(user, tokenFileOf(config, user), read),
  };
}

/** The parser's own words quote the line that it doesn't understand, and a token may stand in it. */
function yamlOf(text: string): unknown {
  try {
    return parse(text, { logLevel: "error" });
  } catch (cause) {
    const line = cause instanceof YAMLError ? cause.linePos?.[0].line : undefined;
    throw new Error(`the kubeconfig is not YAML${line === undefined ? "" : `: line ${line} can't be read`}`);
  }
}

const anonymous = async (): Promise<Credentials> => ({ headers: {} });

function credentialsOf(
  user: User,
  tokenFile: string | undefined,
  read: (file: string | null | undefined, data: string | null | undefined) => Buffer | undefined,
): () => Promise<Credentials> {
  const authenticators = [new ExecAuth(), new FileAuth()];
  const asked = tokenFile === undefined ? user : { ...user, authProvider: { config: { tokenFile } } };
  const authenticator = authenticators.find((each) => each.isAuthProvider(asked));
  if (asked.authProvider && authenticator === undefined) {
    throw new Error(
      `the kubeconfig's user ${user.name} has an auth-provider that is not supported: use exec or a token`,
    );
  }
  const certificate = read(user.certFile, user.certData);
  const key = read(user.keyFile, user.keyData);
  return async () => {
    const options: RequestOptions & { headers: Record<string, string> } = { headers: {} };
    await authenticator?.applyAuthentication(asked, options);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(options.headers)) headers[name.toLowerCase()] = value.trim();
    if (user.token) headers["authorization"] = `Bearer ${user.token}`;
    if (user.username) {
      headers["authorization"] =
        `Basic ${Buffer.from(`${user.username}:${user.password ?? ""}`).toString("base64")}`;
    }
    if (user.impersonateUser) headers["impersonate-user"] = user.impersonateUser;
    const own = (options.cert as string | undefined) ?? certificate;
    const ownKey = (options.key as string | undefined) ?? key;
    return { headers, ...(own && { certificate: own }), ...(ownKey && { key: ownKey }) };
  };
}

/** The client reads `token-file`; what kubectl writes is `tokenFile`. */
function tokenFileOf(config: Record<string, unknown>, user: User): string | undefined {
  const users = config["users"] as readonly { name?: string; user?: { tokenFile?: string } }[];
  return users.find(({ name }) => name === user.name)?.user?.tokenFile;
}

function contentOf(
  file: string | null | undefined,
  data: string | null | undefined,
  directory: string | undefined,
): Buffer | undefined {
  if (data) return Buffer.from(data, "base64");
  if (!file) return undefined;
  return readFileSync(isAbsolute(file) || directory === undefined ? file : join(directory, file));
}

const LOOPBACK = /^(localhost|127\.[0-9.]+|\[::1\])$/;

/** Plain HTTP shows the token to everybody on the way: on this machine, or where the kubeconfig asks for no check at all. */
function serverURL(text: string, skipVerify: boolean): URL {
  const url = new URL(text);
  const plain = url.protocol === "http:";
  if (!plain && url.protocol !== "https:")
    throw new Error(`${text} is no address of an API server: https is needed`);
  if (plain && !skipVerify && !LOOPBACK.test(url.hostname)) {
    throw new Error(`${text} is not https: credentials are not sent over plain HTTP`);
  }
  return url;
}
