import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  accessFromKubeconfig,
  accessFromKubeconfigFile,
  accessWithToken,
  type ClusterAccess,
} from "../../../src/adapters/kubernetes/index.ts";
import { openWire } from "../../../src/adapters/kubernetes/wire.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const config = (user: object, cluster: object = {}) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "here",
    contexts: [
      { name: "here", context: { cluster: "one", user: "me" } },
      { name: "there", context: { cluster: "two", user: "me" } },
    ],
    clusters: [
      { name: "one", cluster: { server: "https://one.example:6443", ...cluster } },
      { name: "two", cluster: { server: "https://two.example" } },
    ],
    users: [{ name: "me", user }],
  });
const headersFor = async (user: object) => (await accessFromKubeconfig(config(user)).credentials()).headers;

describe("a kubeconfig", () => {
  it("in YAML names the server of its current context, or of the one that was asked for", () => {
    const yaml = `
      current-context: here
      contexts: [{name: here, context: {cluster: one, user: me}}]
      clusters: [{name: one, cluster: {server: "https://one.example/k8s/"}}]
      users: []`;
    expect(accessFromKubeconfig(yaml).server.href).toBe("https://one.example/k8s");
    expect(accessFromKubeconfig(config({}), { context: "there" }).server.hostname).toBe("two.example");
  });

  it.each([
    ["nothing", "", /holds no object/],
    ["another context", config({}).replace('"here"', '"nowhere"'), /no context "nowhere"/],
    ["a context of no cluster", config({}).replace('"cluster":"one"', '"cluster":"none"'), /no cluster none/],
    ["a sign-in that is not supported", config({ "auth-provider": { name: "gcp" } }), /not supported/],
    ["a server by plain HTTP", config({}, { server: "http://one.example" }), /not https/],
    ["a server by something else", config({}, { server: "ftp://one.example" }), /https is needed/],
  ])("that holds %s is refused", (_, text, message) => {
    expect(() => accessFromKubeconfig(text)).toThrow(message);
  });

  it("may name a server on this machine by plain HTTP", () => {
    for (const server of ["http://127.0.0.1:8001", "http://localhost:8001", "http://[::1]:8001"])
      expect(accessFromKubeconfig(config({}, { server })).server.protocol).toBe("http:");
  });

  it("signs in with a token, a name and password, or as somebody else", async () => {
    expect(await headersFor({ token: "secret" })).toEqual({ authorization: "Bearer secret" });
    expect(await headersFor({ username: "me", password: "word" })).toEqual({
      authorization: `Basic ${btoa("me:word")}`,
    });
    expect(await headersFor({ token: "secret", as: "other" })).toMatchObject({ "impersonate-user": "other" });
    expect(await headersFor({})).toEqual({});
  });

  it("signs in with the token of a file", async () => {
    const tokenFile = join(folder, "token");
    writeFileSync(tokenFile, "from-file\n");
    expect(await headersFor({ tokenFile })).toEqual({ authorization: "Bearer from-file" });
  });

  it("signs in with what a command prints, and says so where it fails", async () => {
    const credential = { kind: "ExecCredential", status: { token: "from-command" } };
    const exec = (script: string) => ({
      exec: {
        apiVersion: "client.authentication.k8s.io/v1",
        command: process.execPath,
        args: ["-e", script],
      },
    });
    expect(await headersFor(exec(`console.log(${JSON.stringify(JSON.stringify(credential))})`))).toEqual({
      authorization: "Bearer from-command",
    });
    const broken = accessFromKubeconfig(config(exec("process.exit(1)")));
    const wire = openWire(broken, { userAgent: "test", now: () => 0 });
    await expect(wire.send({ method: "GET", path: "/", timeoutMilliseconds: 1_000 })).rejects.toMatchObject({
      name: "WireError",
      sent: false,
    });
  });

  it("reads the files that it names relative to itself", () => {
    writeFileSync(join(folder, "ca.crt"), "PEM");
    writeFileSync(join(folder, "config"), config({}, { "certificate-authority": "ca.crt" }));
    const { trust } = accessFromKubeconfigFile(join(folder, "config"));
    expect(String(trust.certificateAuthority)).toBe("PEM");
  });
});

describe("a token provider", () => {
  it("is asked at each request", async () => {
    let asked = 0;
    const access = accessWithToken({
      server: "https://one.example",
      token: async () => `token-${++asked}`,
    });
    await access.credentials();
    expect((await access.credentials()).headers).toEqual({ authorization: "Bearer token-2" });
  });
});

function openssl(...parameters: string[]): boolean {
  try {
    execFileSync("openssl", parameters, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

(openssl("version") ? describe : describe.skip)("TLS (skipped where openssl is absent)", () => {
  const get = async (access: ClusterAccess) => {
    const wire = openWire(access, { userAgent: "test", now: () => 0 });
    try {
      return await wire.send({ method: "GET", path: "/", timeoutMilliseconds: 10_000 });
    } finally {
      wire.close();
    }
  };
  const pem = (name: string) => readFileSync(join(folder, name));
  const base64 = (name: string) => pem(name).toString("base64");

  async function serve<T>(body: (server: string) => Promise<T>): Promise<T> {
    for (const name of ["server", "client"]) {
      openssl(
        ...`req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=${name}`.split(" "),
        ...`-addext subjectAltName=DNS:api.example -keyout ${folder}/${name}.key -out ${folder}/${name}.crt`.split(
          " ",
        ),
      );
    }
    const options = { key: pem("server.key"), cert: pem("server.crt"), ca: pem("client.crt") };
    const server = createServer(
      { ...options, requestCert: true, rejectUnauthorized: false },
      (request, response) => {
        const { authorized } = request.socket as unknown as { authorized: boolean };
        response.end(JSON.stringify({ kind: "Seen", authorized, token: request.headers.authorization }));
      },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      return await body(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  it("trusts the kubeconfig's authority alone, and shows its client certificate", async () => {
    await serve(async (server) => {
      const user = {
        "client-certificate-data": base64("client.crt"),
        "client-key-data": base64("client.key"),
      };
      const named = { server, "tls-server-name": "api.example" };
      const trusted = { ...named, "certificate-authority-data": base64("server.crt") };
      expect((await get(accessFromKubeconfig(config(user, trusted)))).body).toMatchObject({
        authorized: true,
      });
      expect((await get(accessFromKubeconfig(config({}, trusted)))).body).toMatchObject({
        authorized: false,
      });
      for (const cluster of [named, { ...named, "certificate-authority-data": base64("client.crt") }]) {
        const refused = get(accessFromKubeconfig(config({ token: "secret" }, cluster)));
        await expect(refused).rejects.toMatchObject({ name: "WireError", sent: false });
      }
    });
  });
});
