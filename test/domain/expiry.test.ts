import { describe, expect, it } from "@jest/globals";
import { durationMilliseconds } from "../../src/domain/duration.ts";
import { retention } from "../../src/domain/expiry.ts";
import fc from "../property.ts";
import { ago, NOW, staticClaim } from "./builders.ts";

const kept = (spec: Parameters<typeof staticClaim>[0], status = {}, now = NOW) =>
  retention(staticClaim(spec, status).object, now);
const expiring = { reclaimPolicy: "AfterExpiry", expireAfter: "1h30m" } as const;

describe("the retention of a static claim", () => {
  it("keeps for ever by default and by policy", () => {
    expect(kept({})).toMatchObject({ retained: true });
    expect(kept({ reclaimPolicy: "Never", expireAfter: "5m" }, { detachedAt: ago(99_999) })).toMatchObject({
      retained: true,
    });
  });

  it("releases with the Pod where the policy says so", () => {
    expect(kept({ reclaimPolicy: "WithPod" })).toMatchObject({ retained: false, cause: "pod-gone" });
  });

  it("keeps until the last millisecond of its time, and releases then", () => {
    const detachedAt = ago(0);
    expect(kept(expiring, { detachedAt }, NOW + 5_400_000 - 1)).toMatchObject({ retained: true });
    expect(kept(expiring, { detachedAt }, NOW + 5_400_000)).toMatchObject({
      retained: false,
      cause: "claim-expired",
    });
  });

  it("H33 keeps while nobody has noted the absence, however late it is", () => {
    expect(kept(expiring, {}, NOW + 1e12)).toMatchObject({ retained: true });
  });

  it("H33 keeps where only the absence of an earlier Pod is noted: its time is not this one's", () => {
    const at = { detachedAt: ago(99_999), podUID: "pod-2" };
    expect(kept(expiring, { ...at, detachedPodUID: "pod-1" })).toMatchObject({ retained: true });
    expect(kept(expiring, { ...at, detachedPodUID: "pod-2" })).toMatchObject({ retained: false });
    expect(kept(expiring, at)).toMatchObject({ retained: false });
  });

  it("H32 keeps where the absence is noted in the future", () => {
    expect(kept(expiring, { detachedAt: ago(-600) })).toMatchObject({ retained: true });
  });

  it("keeps where the policy lacks a time, or has one that can't be read", () => {
    expect(kept({ reclaimPolicy: "AfterExpiry" }, { detachedAt: ago(99_999) })).toMatchObject({
      retained: true,
    });
    const unread = { reclaimPolicy: "AfterExpiry", expireAfter: "soon" } as const;
    expect(kept(unread, { detachedAt: ago(99_999) })).toMatchObject({ retained: true });
  });

  it("H45 keeps, and doesn't fail, where the time is longer than a date can say", () => {
    for (const expireAfter of ["9999999999999h", `${"9".repeat(31)}h`])
      expect(kept({ reclaimPolicy: "AfterExpiry", expireAfter }, { detachedAt: ago(60) })).toMatchObject({
        retained: true,
      });
  });
});

describe("a duration", () => {
  it("is hours, minutes and seconds, each once and in this order", () => {
    expect(durationMilliseconds("1h2m3s")).toBe(3_723_000);
    for (const text of ["", "h", "5", "1.5h", "-1h", "3s2m", "1h 2m", "5d"])
      expect(durationMilliseconds(text)).toBeUndefined();
  });

  it("counts what it says", () => {
    const whole = fc.nat({ max: 10_000 });
    fc.assert(
      fc.property(whole, whole, whole, (hours, minutes, seconds) => {
        const text = `${hours}h${minutes}m${seconds}s`;
        expect(durationMilliseconds(text)).toBe((hours * 3600 + minutes * 60 + seconds) * 1000);
      }),
    );
  });
});
