import { LOCALSTACK_START } from "../build/localstack.ts";
import type { Instance } from "./instance.ts";
import { freePorts, untilReady } from "./ready.ts";

/** Starts LocalStack; returns its URL. All that it writes stays in the instance's folder. */
export async function startLocalStack(
  instance: Instance,
  python: string,
  signal: AbortSignal,
): Promise<string> {
  const [port, inner] = await freePorts(2);
  const home = instance.room("localstack");
  const url = `http://127.0.0.1:${port}`;
  const child = instance.start("localstack", python, [LOCALSTACK_START], {
    GATEWAY_LISTEN: `127.0.0.1:${port}`,
    // Services of its own take their ports from here on.
    EXTERNAL_SERVICE_PORTS_START: String(inner),
    EXTERNAL_SERVICE_PORTS_END: String((inner ?? 0) + 50),
    // In a container it would take the machine for its own, and write under /var/lib/localstack.
    OVERRIDE_IN_DOCKER: "0",
    FILESYSTEM_ROOT: home,
    HOME: home,
    XDG_CACHE_HOME: home,
    TMPDIR: instance.room("localstack/tmp"),
    // Nothing is told to or fetched from its maker.
    DISABLE_EVENTS: "1",
    SKIP_SSL_CERT_DOWNLOAD: "1",
    SKIP_INFRA_DOWNLOADS: "1",
    // URLs that it makes, e.g. of queues; its usual name needs a name server that knows it.
    LOCALSTACK_HOST: `127.0.0.1:${port}`,
    SQS_ENDPOINT_STRATEGY: "path",
    PYTHONDONTWRITEBYTECODE: "1",
  });
  const isReady = async () => (await fetch(`${url}/_localstack/health`)).ok;
  await untilReady(instance, "localstack", child, isReady, signal);
  return url;
}
