import { fileURLToPath } from "node:url";

/** The CRDs as they are installed. */
export const CRDS = fileURLToPath(new URL("../../../infra/chart/manifests/crds/", import.meta.url));
