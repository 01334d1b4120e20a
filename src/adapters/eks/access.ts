import { accessWithToken, type ReadAccess } from "../kubernetes/index.ts";
import { clusterDescriber } from "./describe.ts";
import { keptToken } from "./kept-token.ts";
import { type EksOptions, tokenSigner } from "./token.ts";

/**
 * The way to an EKS cluster: endpoint and certificate authority as EKS describes them, no other authority being trusted, and
 * tokens signed with the credentials of whoever runs this.
 */
export function eksAccess(options: EksOptions): ReadAccess {
  const describe = clusterDescriber(options);
  const token = keptToken(tokenSigner(options), options.clock);
  return async () => {
    const { endpoint, certificateAuthorityData } = await describe();
    return {
      access: accessWithToken({ server: endpoint, certificateAuthorityData, token }),
      version: `${endpoint} ${certificateAuthorityData}`,
    };
  };
}
