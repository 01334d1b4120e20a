import {
  type ApiAnswer,
  type KubeObject,
  type KubernetesSimulator,
  mutableCopy,
} from "../kubernetes/index.ts";

const PATHS: Readonly<Record<string, string>> = {
  vpcips: "/apis/vpcip.dev/v1alpha1/vpcips",
  nodeeniconfigs: "/apis/vpcip.dev/v1alpha1/nodeeniconfigs",
  vpcipclaims: "/apis/vpcip.dev/v1alpha1/namespaces/{namespace}/vpcipclaims",
  leases: "/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases",
  pods: "/api/v1/namespaces/{namespace}/pods",
  nodes: "/api/v1/nodes",
  namespaces: "/api/v1/namespaces",
  configmaps: "/api/v1/namespaces/{namespace}/configmaps",
};

export interface Where {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** An object to send. */
export interface Manifest {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string | undefined;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** The sandbox's own people (kubelets, allocators, scenarios) at the API server: in process, uncounted for the functions. */
export class SandboxApi {
  readonly #simulator: KubernetesSimulator;
  readonly #token: string;

  constructor(simulator: KubernetesSimulator, token: string) {
    this.#simulator = simulator;
    this.#token = token;
  }

  get<T = KubeObject>(resource: string, where: Where): T | undefined {
    const answer = this.#send("GET", pathOf(resource, where));
    return answer.status === 200 ? (mutableCopy(answer.body) as T) : undefined;
  }

  list<T = KubeObject>(resource: string, namespace?: string, query = ""): readonly T[] {
    const answer = this.#send("GET", `${collectionOf(resource, namespace)}${query}`);
    return answer.status === 200 ? (mutableCopy(answer.body) as { items: T[] }).items : [];
  }

  create(resource: string, object: Manifest): ApiAnswer {
    return this.#send("POST", collectionOf(resource, object.metadata.namespace), object);
  }

  replace(resource: string, object: Manifest, subresource = ""): ApiAnswer {
    return this.#send("PUT", `${pathOf(resource, object.metadata)}${subresource}`, object);
  }

  replaceStatus(resource: string, object: Manifest): ApiAnswer {
    return this.replace(resource, object, "/status");
  }

  delete(resource: string, where: Where, options: object = {}): ApiAnswer {
    return this.#send("DELETE", pathOf(resource, where), options);
  }

  /** As `create`, for set-up: anything but success is a mistake of the scenario. */
  lay<T = KubeObject>(resource: string, object: Manifest): T {
    const answer = this.create(resource, object);
    if (answer.status >= 300)
      throw new Error(`${resource} ${object.metadata.name}: ${JSON.stringify(answer.body)}`);
    return mutableCopy(answer.body) as T;
  }

  #send(method: string, path: string, body?: object): ApiAnswer {
    return this.#simulator.handle({
      method,
      path,
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: mutableCopy(body) }),
    });
  }
}

function collectionOf(resource: string, namespace = "default"): string {
  const path = PATHS[resource];
  if (path === undefined) throw new Error(`the sandbox knows no path of ${resource}`);
  return path.replace("{namespace}", namespace);
}

function pathOf(resource: string, { namespace, name }: Where): string {
  return `${collectionOf(resource, namespace)}/${name}`;
}
