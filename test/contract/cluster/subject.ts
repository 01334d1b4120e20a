import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { accessFromKubeconfig, type Cluster, openCluster } from "../../../src/adapters/kubernetes/index.ts";
import { type Answer, openWire, type Wire } from "../../../src/adapters/kubernetes/wire.ts";
import { type Address, addressOf } from "../../../src/domain/address.ts";
import type { VpcIP, VpcIPSpec } from "../../../src/domain/objects/vpcip.ts";
import type { Found } from "../../../src/ports/cluster.ts";
import { kubeconfigOf } from "../../kubeconfig.ts";

export interface ClusterPeer {
  /** Base URL, http or https. */
  readonly url: string;
  readonly token?: string;
  /** What is held to the contract; the adapter over HTTP where left out. */
  readonly cluster?: Cluster;
  readonly stop: () => Promise<void>;
}

const CRDS = new URL("../../../infra/chart/manifests/crds/", import.meta.url);

/** The adapter under test, and a hand that lays objects past it. */
export class Subject {
  #peer: ClusterPeer | undefined;
  #cluster: Cluster | undefined;
  #hand: Wire | undefined;
  #count = 0;
  /** Tells this run's objects from those that an earlier run left on the same server. */
  readonly run = Date.now().toString(36);
  readonly namespace = `cluster-${this.run}`;

  async start(peer: ClusterPeer): Promise<void> {
    this.#peer = peer;
    const access = accessFromKubeconfig(
      kubeconfigOf(peer.url, peer.token, { "insecure-skip-tls-verify": true }),
    );
    const clock = { now: () => 0, sleep: async () => undefined };
    this.#cluster = peer.cluster ?? openCluster({ access, clock });
    this.#hand = openWire(access, { userAgent: "contract", now: () => 0 });
    for (const file of readdirSync(CRDS))
      await this.#applyCRD(parse(readFileSync(new URL(file, CRDS), "utf8")));
    await this.#untilServed();
    await this.lay("/api/v1/namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: this.namespace },
    });
    await this.cluster.writer.createSentinels();
  }

  async stop(): Promise<void> {
    this.#cluster?.close();
    this.#hand?.close();
    await this.#peer?.stop();
  }

  get cluster(): Cluster {
    if (this.#cluster === undefined) throw new Error("not started");
    return this.#cluster;
  }

  fresh(prefix: string): string {
    this.#count++;
    return `${prefix}-${this.run}-${this.#count}`;
  }

  /** An address that no other test and, for a long time, no other run uses. */
  freshAddress(): Address {
    this.#count++;
    return addressOf(0x0a_00_00_00 + (((Date.now() >> 3) + this.#count * 7919) & 0xff_ff_ff));
  }

  vpcIP(spec: Partial<VpcIPSpec> = {}, name: string = this.freshAddress()): VpcIP {
    return {
      apiVersion: "vpcip.dev/v1alpha1",
      kind: "VpcIP",
      metadata: { name },
      spec: { nodeName: "node-1", interfaceID: "eni-1", ...spec },
    };
  }

  call(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<Answer> {
    if (this.#hand === undefined) throw new Error("not started");
    return this.#hand.send({ method, path, body, timeoutMilliseconds: 30_000 });
  }

  /** Creates an object as somebody else would; then its status, where it has one. */
  // biome-ignore lint/suspicious/noExplicitAny: the object as the server shows it.
  async lay(collection: string, object: any): Promise<any> {
    const created = await this.call("POST", collection, object);
    if (created.status !== 201) throw new Error(`${collection}: ${JSON.stringify(created.body)}`);
    if (object.status === undefined) return created.body;
    const { metadata } = created.body as { metadata: { name: string } };
    const shown = { ...(created.body as object), status: object.status };
    const updated = await this.call("PUT", `${collection}/${metadata.name}/status`, shown);
    if (updated.status !== 200) throw new Error(`${collection}: ${JSON.stringify(updated.body)}`);
    return updated.body;
  }

  async #applyCRD(definition: { metadata: { name: string; resourceVersion?: string } }): Promise<void> {
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    const name = definition.metadata.name;
    const there = await this.call("GET", `${path}/${name}`);
    if (there.status === 404) {
      await this.lay(path, definition);
      return;
    }
    const { resourceVersion } = (there.body as typeof definition).metadata;
    const metadata = { ...definition.metadata, resourceVersion };
    await this.call("PUT", `${path}/${name}`, { ...definition, metadata });
  }

  /** A real API server serves a CRD a second or two after it was created. */
  async #untilServed(): Promise<void> {
    for (const plural of ["vpcips", "vpcipclaims", "nodeeniconfigs"]) {
      while ((await this.call("GET", `/apis/vpcip.dev/v1alpha1/${plural}`)).status !== 200);
    }
  }
}

/** The object, where the test needs it to be there and readable. */
export function readable<T>(
  found: Found<
    { readonly readable: true; readonly object: T } | { readonly readable: false; readonly why: string }
  >,
): T {
  if (!found.found) throw new Error("it is not there");
  if (!found.object.readable) throw new Error(found.object.why);
  return found.object.object;
}

export function written<T>(answer: { readonly outcome: string; readonly object?: T }): T {
  if (answer.object === undefined) throw new Error(`the write's outcome is ${answer.outcome}`);
  return answer.object;
}
