import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NAMESPACES, NODE_ENI_CONFIGS, VPC_IP_CLAIMS, VPC_IPS } from "../../adapters/kubernetes/resources.ts";
import type { Admin } from "./admin.ts";
import { kubectl } from "./kubectl.ts";
import type { Servers } from "./servers.ts";
import { untilTrue } from "./until-true.ts";

const INFRA = fileURLToPath(new URL("../../../infra/chart/manifests/", import.meta.url));

/** What docs/install.md applies without Helm. */
const MANIFESTS = ["namespace.yaml", "crds/", "rbac/", "admission/"].flatMap((path) => [
  "-f",
  join(INFRA, path),
]);

/** Installs the product in a new cluster, as docs/install.md says. Returns the UID of kube-system: which cluster it is. */
export async function install(servers: Servers, admin: Admin): Promise<string> {
  await kubectl(servers, ["apply", "--server-side", ...MANIFESTS]);
  await untilTrue("the CRDs to be served", async () => {
    const lists = await Promise.all([VPC_IPS, VPC_IP_CLAIMS, NODE_ENI_CONFIGS].map(admin.list));
    return lists.every((list) => list !== undefined);
  });
  let uid: string | undefined;
  await untilTrue("namespace kube-system", async () => {
    uid = (await admin.get(NAMESPACES, { name: "kube-system" }))?.metadata.uid;
    return uid !== undefined && (await admin.get(NAMESPACES, { name: "default" })) !== undefined;
  });
  return uid ?? "";
}
