import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { eksAccess } from "../../../src/adapters/eks/access.ts";
import { openFollowingWire } from "../../../src/adapters/kubernetes/following-wire.ts";
import { type Certificate, certificateIn } from "../../certificate.ts";
import type { Endpoint, Script } from "../aws/endpoint.ts";
import { fakeClock } from "../aws/fake-clock.ts";
import { ofCluster, startEks } from "./eks.ts";

const folder = mkdtempSync(path.join(tmpdir(), "pinned-"));
afterAll(() => rmSync(folder, { recursive: true }));
const own = certificateIn(folder, "own");
const other = certificateIn(folder, "other");

const GET = { method: "GET", path: "/", timeoutMilliseconds: 10_000 } as const;

(own && other ? describe : describe.skip)("TLS to an EKS cluster (skipped where openssl is absent)", () => {
  const [trusted, stranger] = [own, other] as [Certificate, Certificate];
  let server: Server;
  let url: string;
  let tokens: (string | undefined)[];
  let eks: Endpoint | undefined;

  beforeEach(async () => {
    tokens = [];
    server = createServer({ key: trusted.key, cert: trusted.certificate }, (request, response) => {
      tokens.push(request.headers.authorization);
      response.end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await eks?.stop();
    eks = undefined;
  });

  /** A wire to the cluster as EKS describes it. */
  async function wireBy(script: Script) {
    const clock = fakeClock();
    eks = await startEks(clock.now, script);
    const access = eksAccess({
      region: "eu-west-1",
      clusterName: "blue",
      endpoint: eks.url,
      credentials: { accessKeyId: "AKID", secretAccessKey: "secret" },
      clock,
      version: "1",
    });
    return { wire: openFollowingWire(access, { userAgent: "test", now: clock.now }), clock };
  }

  it("is to whom the described authority vouches for, who is shown the token", async () => {
    const { wire } = await wireBy(() => ofCluster(url, trusted.certificate));
    expect((await wire.send(GET)).status).toBe(200);
    expect(tokens).toEqual([expect.stringMatching(/^Bearer k8s-aws-v1\./)]);
    wire.close();
  });

  it("is to nobody else, also where the machine trusts them, and the token is not shown", async () => {
    const before = getCACertificates("default");
    setDefaultCACertificates([...before, String(trusted.certificate)]);
    try {
      const { wire } = await wireBy(() => ofCluster(url, stranger.certificate));
      await expect(wire.send(GET)).rejects.toMatchObject({ name: "WireError", sent: false });
      expect(tokens).toEqual([]);
      wire.close();
    } finally {
      setDefaultCACertificates(before);
    }
  });

  it("is to nobody else, also where the environment tells Node to check nothing", async () => {
    const module = pathToFileURL(path.resolve("src/adapters/kubernetes/wire.ts")).href;
    const access = { server: url, ca: String(stranger.certificate) };
    const script = `
      const { openWire } = await import(${JSON.stringify(module)});
      const { server, ca } = ${JSON.stringify(access)};
      const credentials = async () => ({ headers: { authorization: "Bearer secret" } });
      const wire = openWire(
        { server: new URL(server), trust: { certificateAuthority: ca }, credentials },
        { userAgent: "test", now: () => 0 },
      );
      const answer = await wire.send(${JSON.stringify(GET)}).catch((error) => error);
      process.stdout.write(answer.cause?.code ?? String(answer.status));
      wire.close();`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
      env: { NODE_TLS_REJECT_UNAUTHORIZED: "0", NODE_NO_WARNINGS: "1" },
    });
    expect(stdout).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
    expect(tokens).toEqual([]);
  });

  it("goes on where the authority was rotated: EKS is asked again, half a minute after the last time", async () => {
    const { wire, clock } = await wireBy((_, index) =>
      ofCluster(url, index === 0 ? stranger.certificate : trusted.certificate),
    );
    await expect(wire.send(GET)).rejects.toMatchObject({ sent: false });
    await expect(wire.send(GET)).rejects.toMatchObject({ sent: false });
    expect(eks?.requests).toHaveLength(1);
    clock.advance(30_000);
    expect((await wire.send(GET)).status).toBe(200);
    await wire.send(GET);
    expect(eks?.requests).toHaveLength(2);
    wire.close();
  });
});
