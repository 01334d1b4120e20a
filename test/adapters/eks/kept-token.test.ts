import { describe, expect, it } from "@jest/globals";
import { keptToken } from "../../../src/adapters/eks/kept-token.ts";
import { type SignedToken, tokenSigner } from "../../../src/adapters/eks/token.ts";
import { fakeClock } from "../aws/fake-clock.ts";
import { verified } from "./presigned.ts";

const MINUTE = 60_000;

/** Signs what it is told to, in order, when the test lets it; counts how often it is asked. */
function signing(clock: { now(): number }) {
  const open: { resolve(token: SignedToken): void; reject(error: Error): void }[] = [];
  let asked = 0;
  return {
    sign: () => {
      asked += 1;
      return new Promise<SignedToken>((resolve, reject) => open.push({ resolve, reject }));
    },
    asked: () => asked,
    done: (token: string) =>
      open.shift()?.resolve({ token, signedAt: clock.now(), renewAt: clock.now() + 10 * MINUTE }),
    fails: (why: string) => open.shift()?.reject(new Error(why)),
  };
}

describe("the kept token", () => {
  it("is the same until it is better renewed, and another one from then on", async () => {
    const clock = fakeClock();
    const { sign, asked, done } = signing(clock);
    const token = keptToken(sign, clock);
    const first = token();
    done("first");
    expect(await first).toBe("first");
    clock.advance(10 * MINUTE - 1);
    expect(await token()).toBe("first");
    expect(asked()).toBe(1);
    clock.advance(1);
    const second = token();
    done("second");
    expect(await second).toBe("second");
  });

  it("is good for EKS at any moment of two hours, with five minutes to spare", async () => {
    const clock = fakeClock();
    const credentials = { accessKeyId: "AK", secretAccessKey: "SK" };
    const token = keptToken(
      tokenSigner({ region: "eu-west-1", clusterName: "blue", credentials, clock, version: "1" }),
      clock,
    );
    const tokens = new Set<string>();
    for (let minutes = 0; minutes < 120; minutes += 0.25) {
      const now = await token();
      tokens.add(now);
      const later = clock.now() + 5 * MINUTE;
      verified(now, {
        clusterName: "blue",
        hosts: ["sts.eu-west-1.amazonaws.com"],
        principals: [credentials],
        now: () => later,
      });
      clock.advance(0.25 * MINUTE);
    }
    expect(tokens.size).toBe(12);
  });

  it("is signed once for all who ask meanwhile, the first time and when it is renewed", async () => {
    const clock = fakeClock();
    const { sign, asked, done } = signing(clock);
    const token = keptToken(sign, clock);
    for (const [round, name] of ["first", "second"].entries()) {
      const all = Promise.all([token(), token(), token()]);
      done(name);
      expect(await all).toEqual([name, name, name]);
      expect(asked()).toBe(round + 1);
      clock.advance(10 * MINUTE);
    }
  });

  it("is tried for again after a failure, which all who waited for it are told", async () => {
    const clock = fakeClock();
    const { sign, done, fails } = signing(clock);
    const token = keptToken(sign, clock);
    const both = Promise.allSettled([token(), token()]);
    fails("no credentials");
    expect((await both).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const next = token();
    done("next");
    expect(await next).toBe("next");
  });

  it("is another one where the clock was set back: its age isn't known any more", async () => {
    const clock = fakeClock();
    const { sign, done } = signing(clock);
    const token = keptToken(sign, clock);
    const first = token();
    done("first");
    await first;
    clock.advance(-1);
    const second = token();
    done("second");
    expect(await second).toBe("second");
  });
});
