import type { Clock } from "../../ports/clock.ts";
import type { TokenProvider } from "../kubernetes/index.ts";
import type { SignedToken } from "./token.ts";

/**
 * One token for all requests until it is better to have another; whoever asks while one is being signed waits for that
 * one. A failure isn't kept: the next request tries again.
 */
export function keptToken(sign: () => Promise<SignedToken>, clock: Clock): TokenProvider {
  let kept: SignedToken | undefined;
  let signing: Promise<SignedToken> | undefined;

  /** A clock that was set back says nothing of how old a token is. */
  const isGood = ({ signedAt, renewAt }: SignedToken): boolean =>
    clock.now() >= signedAt && clock.now() < renewAt;

  async function signed(): Promise<SignedToken> {
    try {
      kept = await sign();
      return kept;
    } finally {
      signing = undefined;
    }
  }

  return async () => {
    if (kept !== undefined && isGood(kept)) return kept.token;
    signing ??= signed();
    return (await signing).token;
  };
}
