import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOCALSTACK_START } from "../build/localstack.ts";
import type { Instance } from "./instance.ts";
import { freePorts, untilReady } from "./ready.ts";

export interface LocalStack {
  readonly url: string;
  /** The AWS CLI, led to it. */
  readonly cli: string;
}

/** Starts LocalStack. All that it writes stays in the instance's folder. */
export async function startLocalStack(
  instance: Instance,
  python: string,
  signal: AbortSignal,
): Promise<LocalStack> {
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
    // Functions run in this Node, by recipes/localstack/executor.
    LAMBDA_RUNTIME_EXECUTOR: "process",
    LOCAL_FUNCTIONS_NODE: process.execPath,
  });
  const isReady = async () => (await fetch(`${url}/_localstack/health`)).ok;
  await untilReady(instance, "localstack", child, isReady, signal);
  return { url, cli: cliFor(instance, python, url) };
}

/** The AWS CLI is among what LocalStack needs. It sees no account, configuration or region of the person's own. */
function cliFor(instance: Instance, python: string, url: string): string {
  const path = join(instance.folder, "aws");
  const lines = [
    "#!/bin/sh",
    // An endpoint in the environment doesn't lead version 1 to another SQS than AWS's.
    "unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL",
    `export HOME='${instance.folder}' AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null`,
    "export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_PAGER= PYTHONDONTWRITEBYTECODE=1",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's.
    'export AWS_DEFAULT_REGION="${AWS_DEFAULT_REGION:-eu-west-1}"',
    `exec '${python}' -m awscli --endpoint-url '${url}' "$@"`,
  ];
  writeFileSync(path, `${lines.join("\n")}\n`, { mode: 0o700 });
  return path;
}
