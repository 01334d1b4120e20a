import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { KubeConfig } from "@kubernetes/client-node";
import { type Body, thingDefinition } from "./bodies.ts";

export interface KubernetesPeer {
  /** Base URL, http or https. */
  readonly url: string;
  readonly token?: string;
  readonly stop: () => Promise<void>;
  /** Compacts the history, where the peer can be told to. */
  readonly expireHistory?: () => Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Body;
}

export interface Stream {
  /** Resolves when the condition holds for the events so far, or the stream has ended. */
  readonly until: (done: (events: readonly Body[]) => boolean) => Promise<readonly Body[]>;
  readonly stop: () => void;
}

let counter = 0;

/** Plain HTTP to the peer: the tests see status codes and bodies as they are. */
export class Wire {
  readonly #peer: () => KubernetesPeer;
  /** Tells this run's objects from those that an earlier run left on the same server. */
  readonly run = Date.now().toString(36);
  readonly namespace = `contract-${this.run}`;
  readonly group = `g${this.run}.test`;

  constructor(peer: () => KubernetesPeer) {
    this.#peer = peer;
  }

  get peer(): KubernetesPeer {
    return this.#peer();
  }

  /** A name that no other test and no other run uses. */
  fresh(prefix = "n"): string {
    counter++;
    return `${prefix}-${this.run}-${counter}`;
  }

  path(resource: string, name?: string, subresource?: string): string {
    const [plural = "", ...group] = resource.split(".");
    const root = group.length === 0 ? "/api/v1" : `/apis/${group.join(".")}/v1`;
    const isCluster = ["nodes", "namespaces", "things", "customresourcedefinitions"].includes(plural);
    const scope = isCluster ? "" : `/namespaces/${this.namespace}`;
    return `${root}${scope}/${plural}${name === undefined ? "" : `/${name}`}${subresource === undefined ? "" : `/${subresource}`}`;
  }

  call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = this.#open(method, path, body, headers);
      request.on("error", reject);
      request.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const isJson = String(response.headers["content-type"]).startsWith("application/json");
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: isJson ? JSON.parse(text) : text,
          });
        });
      });
    });
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call("GET", path, undefined, headers);
  }

  patch(path: string, body: unknown, type = "application/merge-patch+json"): Promise<Answer> {
    return this.call("PATCH", path, body, { "content-type": type });
  }

  watch(path: string): Stream {
    const events: Body[] = [];
    let isOver = false;
    let check: () => void = () => undefined;
    const request = this.#open("GET", path, undefined, {});
    request.on("error", () => undefined);
    request.on("response", (response) => {
      let rest = "";
      response.on("data", (chunk: Buffer) => {
        const lines = (rest + chunk.toString("utf8")).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (line !== "") events.push(JSON.parse(line));
        check();
      });
      response.on("error", () => undefined);
      response.on("close", () => {
        isOver = true;
        check();
      });
    });
    return {
      until: (done) =>
        new Promise((resolve) => {
          check = () => {
            if (isOver || done(events)) resolve(events);
          };
          check();
        }),
      stop: () => request.destroy(),
    };
  }

  kubeConfig(): KubeConfig {
    const config = new KubeConfig();
    const { url, token } = this.peer;
    config.loadFromOptions({
      // Also for plain HTTP: the client refuses it unless told so, and a test peer has no trusted certificate.
      clusters: [{ name: "peer", server: url, skipTLSVerify: true }],
      users: [{ name: "user", ...(token === undefined ? {} : { token }) }],
      contexts: [{ name: "peer", cluster: "peer", user: "user" }],
      currentContext: "peer",
    });
    return config;
  }

  /** The namespace and the custom resource that the tests use; waits for a real server to serve them. */
  async prepare(): Promise<void> {
    await this.call("POST", "/api/v1/namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: this.namespace },
    });
    await this.call(
      "POST",
      this.path("customresourcedefinitions.apiextensions.k8s.io"),
      thingDefinition(this.group),
    );
    await this.served("things");
  }

  /** Polls as an installer does after applying a CRD. */
  async served(plural: string): Promise<void> {
    for (let left = 100; left > 0; left--) {
      if ((await this.get(`/apis/${this.group}/v1/${plural}`)).status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${plural} is not served`);
  }

  get things(): string {
    return `things.${this.group}`;
  }

  #open(method: string, path: string, body: unknown, headers: Record<string, string>) {
    const { url, token } = this.peer;
    const send = url.startsWith("https:") ? httpsRequest : httpRequest;
    const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    const request = send(new URL(path, url), {
      method,
      rejectUnauthorized: false,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(text === undefined
          ? {}
          : { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) }),
        ...headers,
      },
    });
    request.end(text);
    return request;
  }
}
