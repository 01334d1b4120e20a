import { kubectlDoes } from "../kubectl.ts";
import { CRDS } from "./folder.ts";

const NAMES = ["vpcips", "vpcipclaims", "nodeeniconfigs"].map((plural) => `crd/${plural}.vpcip.dev`);

/** As docs say to: server-side, then wait until the API server serves them. Several tests may do it at once. */
export async function installCRDs(): Promise<void> {
  await kubectlDoes(["apply", "--server-side", "--force-conflicts", "--filename", CRDS]);
  await kubectlDoes(["wait", "--for=condition=Established", "--timeout=60s", ...NAMES]);
  // Established comes a moment before it is served to all.
  for (let left = 100; left > 0; left--) {
    const served = await kubectlDoes([
      "api-resources",
      "--api-group=vpcip.dev",
      "--output=name",
      "--cached=false",
    ]);
    if (served.trim().split("\n").length === NAMES.length) return;
  }
  throw new Error("the API server does not serve the CRDs");
}
