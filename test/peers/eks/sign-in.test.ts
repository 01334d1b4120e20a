import { randomUUID } from "node:crypto";
import { rootCertificates } from "node:tls";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { type Environment, readConfig } from "../../../functions/config.ts";
import { clusterAccess } from "../../../functions/wiring/cluster-access.ts";
import { machineClock } from "../../../functions/wiring/machine.ts";
import { accessFromKubeconfig, type Cluster, openCluster } from "../../../src/adapters/kubernetes/index.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import type { Endpoint } from "../../adapters/aws/endpoint.ts";
import { ofCluster, startEks } from "../../adapters/eks/eks.ts";
import { until } from "../kubectl.ts";
import { apiServerPeer, awsPeer, describeWhere } from "../peers.ts";
import { type Authenticator, type Entry, startAuthenticator } from "./authenticator.ts";
import { startWebhookCluster, type WebhookCluster } from "./cluster.ts";

const GROUP = "eni-reclaimer:collect";
const COLLECT: Entry = {
  accessKeyId: "ASIACOLLECT",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  sessionToken: "FwoGZXIvYXdzEBY+/example==",
  username: "arn:aws:sts::111122223333:assumed-role/eni-reclaimer-blue-collect/1",
  groups: [GROUP],
};
const ENVIRONMENT: Environment = {
  AWS_REGION: "eu-central-1",
  AWS_ACCESS_KEY_ID: COLLECT.accessKeyId,
  AWS_SECRET_ACCESS_KEY: COLLECT.secretAccessKey,
  AWS_SESSION_TOKEN: COLLECT.sessionToken,
  RECLAIMER_CLUSTER_NAME: "blue",
  RECLAIMER_VPC_ID: "vpc-0123456789abcdef0",
  RECLAIMER_QUEUE_URL: "https://queue.test/q",
  RECLAIMER_MIRROR_PARAMETER: "/eni-reclaimer/blue/mirror",
};
const MINUTE = 60_000;
const START_MILLISECONDS = 240_000;
/** Somebody else's: the first authority that Node trusts. */
const OTHER_AUTHORITY = Buffer.from(rootCertificates[0] ?? "");

describeWhere(apiServerPeer)(
  "a function signs in to an EKS cluster: a kube-apiserver with EKS's authenticator",
  () => {
    let authenticator: Authenticator;
    let server: WebhookCluster;
    let eks: Endpoint | undefined;
    let cluster: Cluster | undefined;
    /** The kube-system namespace's, as the administrator sees it. */
    let uid: string;
    const starting = new AbortController();

    beforeAll(async () => {
      authenticator = await startAuthenticator([COLLECT], {
        clusterName: "blue",
        hosts: ["sts.eu-central-1.amazonaws.com"],
        now: () => Date.now(),
      });
      if (apiServerPeer === undefined) return;
      server = await startWebhookCluster(apiServerPeer, authenticator.url, starting.signal);
      const rbac = "/apis/rbac.authorization.k8s.io/v1";
      await server.create(`${rbac}/clusterroles`, {
        metadata: { name: "sees-the-cluster" },
        rules: [{ apiGroups: [""], resources: ["namespaces"], verbs: ["get"] }],
      });
      await server.create(`${rbac}/clusterrolebindings`, {
        metadata: { name: "collect-sees-the-cluster" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "sees-the-cluster" },
        subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: GROUP }],
      });
      const { reader, close } = openCluster({
        access: accessFromKubeconfig(server.kubeconfig),
        clock: machineClock,
      });
      // A new server makes its own namespaces soon after it says that it is ready.
      await until(async () => {
        uid = await reader.clusterUID().catch(() => "");
        return uid !== "";
      });
      close();
    }, START_MILLISECONDS);
    afterAll(async () => {
      starting.abort();
      await server?.stop();
      await authenticator.stop();
    }, 60_000);
    afterEach(async () => {
      cluster?.close();
      await eks?.stop();
      eks = undefined;
    });

    interface Different {
      /** How far own time is from the right one. */
      readonly offsetMilliseconds?: () => number;
      /** What EKS says of the cluster, at the nth time that it is asked. */
      readonly described?: (index: number) => { readonly endpoint?: string; readonly authority?: Buffer };
      readonly environment?: Environment;
    }

    /** The function's cluster, as it is wired in this environment. */
    async function clusterOf({ offsetMilliseconds = () => 0, described, environment }: Different = {}) {
      eks = await startEks(
        () => Date.now(),
        (_, index) => {
          const { endpoint = server.url, authority = server.authority } = described?.(index) ?? {};
          return ofCluster(endpoint, authority);
        },
      );
      const clock: Clock = { ...machineClock, now: () => machineClock.now() + offsetMilliseconds() };
      const config = readConfig({
        ...ENVIRONMENT,
        AWS_ENDPOINT_URL_EKS: eks.url,
        ...(environment ?? { RECLAIMER_EKS_CLUSTER: "blue" }),
      });
      cluster = openCluster({ access: clusterAccess(config, clock), clock });
      return cluster.reader;
    }

    test("as the user of its access entry, with the groups of that, and may do what these may and no more", async () => {
      const reader = await clusterOf();
      expect(await reader.clusterUID()).toBe(uid);
      await expect(reader.getNode("n")).rejects.toMatchObject({
        kind: "forbidden",
        message: expect.stringContaining(`User "${COLLECT.username}" cannot get resource "nodes"`),
      });
    });

    test("with one token for all its requests", async () => {
      // Another token than that of the test before, which may have been signed in the same second.
      const reader = await clusterOf({ offsetMilliseconds: () => MINUTE });
      const before = authenticator.taken.size;
      for (let count = 0; count < 10; count++) await reader.clusterUID();
      await Promise.all([reader.clusterUID(), reader.clusterUID()]);
      expect(authenticator.taken.size).toBe(before + 1);
    });

    test.each([-4, 4])("also where its clock is %d minutes off", async (minutes) => {
      const reader = await clusterOf({ offsetMilliseconds: () => minutes * MINUTE });
      expect(await reader.clusterUID()).toBe(uid);
    });

    test.each<[string, Different, string]>([
      [
        "a token for another cluster",
        { environment: { RECLAIMER_EKS_CLUSTER: "green" } },
        "signature does not match",
      ],
      [
        "a token that was signed with another secret",
        { environment: { RECLAIMER_EKS_CLUSTER: "blue", AWS_SECRET_ACCESS_KEY: "another" } },
        "signature does not match",
      ],
      [
        "a token of somebody without an access entry",
        { environment: { RECLAIMER_EKS_CLUSTER: "blue", AWS_ACCESS_KEY_ID: "ASIANOBODY" } },
        "access key is unknown",
      ],
      [
        "a token of another region's STS",
        { environment: { RECLAIMER_EKS_CLUSTER: "blue", AWS_REGION: "us-east-1" } },
        "host is sts.us-east-1.amazonaws.com",
      ],
      ["a token of 16 minutes ago", { offsetMilliseconds: () => -16 * MINUTE }, "token has expired"],
    ])("never with %s", async (_, different, reason) => {
      const reader = await clusterOf(different);
      await expect(reader.clusterUID()).rejects.toMatchObject({ kind: "forbidden" });
      expect(authenticator.refused.at(-1)).toBe(reason);
    });

    test("never to a server that the described authority doesn't vouch for: it sees no token", async () => {
      const before = authenticator.taken.size + authenticator.refused.length;
      const reader = await clusterOf({ described: () => ({ authority: OTHER_AUTHORITY }) });
      await expect(reader.clusterUID()).rejects.toMatchObject({ kind: "unreachable" });
      expect(authenticator.taken.size + authenticator.refused.length).toBe(before);
    });

    test("and finds it again where it has moved", async () => {
      let offset = 0;
      const reader = await clusterOf({
        offsetMilliseconds: () => offset,
        described: (index) => (index === 0 ? { endpoint: "https://127.0.0.1:9" } : {}),
      });
      await expect(reader.clusterUID()).rejects.toMatchObject({ kind: "unreachable" });
      offset = MINUTE;
      expect(await reader.clusterUID()).toBe(uid);
    });

    describeWhere(awsPeer)("by a kubeconfig in LocalStack's SSM", () => {
      const name = `/eni-reclaimer/${randomUUID()}/kubeconfig`;
      const endpoint = awsPeer ?? "";
      const put = async (Type: "SecureString" | "String") => {
        const client = new SSMClient({
          region: "eu-central-1",
          endpoint,
          credentials: { accessKeyId: "test", secretAccessKey: "test" },
        });
        await client.send(
          new PutParameterCommand({ Name: name + Type, Type, Value: server.kubeconfig, Tier: "Advanced" }),
        );
        return { AWS_ENDPOINT_URL_SSM: endpoint, RECLAIMER_KUBECONFIG_PARAMETER: name + Type };
      };

      test("that is a SecureString", async () => {
        const reader = await clusterOf({ environment: await put("SecureString") });
        expect(await reader.clusterUID()).toBe(uid);
      });

      test("never by one that anybody may read", async () => {
        const reader = await clusterOf({ environment: await put("String") });
        await expect(reader.clusterUID()).rejects.toMatchObject({
          cause: { message: expect.stringContaining("has to be a SecureString") },
        });
      });
    });
  },
);
