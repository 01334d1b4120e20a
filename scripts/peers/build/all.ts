import { buildGo, ETCD, HELM, KUBERNETES } from "./go.ts";
import { buildLocalStack } from "./localstack.ts";

export interface Built {
  /** LocalStack's. */
  readonly python: string;
  /** Folders of binaries. */
  readonly etcd: string;
  readonly helm: string;
  readonly kubernetes: string;
}

/** Builds what is not built yet. The quick ones first: what the machine lacks is told before the minutes of a compiler. */
export async function buildAll(builds: string, signal: AbortSignal): Promise<Built> {
  const python = await buildLocalStack(builds, signal);
  const etcd = await buildGo(builds, ETCD, signal);
  const helm = await buildGo(builds, HELM, signal);
  const kubernetes = await buildGo(builds, KUBERNETES, signal);
  return { python, etcd, helm, kubernetes };
}
