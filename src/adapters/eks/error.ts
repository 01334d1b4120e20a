/** EKS could not be asked, or there is nothing to ask it with: one sentence of which cluster and why. Never holds a token. */
export class EksError extends Error {
  override readonly name = "EksError";
}
