import { describe, expect, test } from "@jest/globals";
import { parseVpcIPClaim } from "../../../src/adapters/kubernetes/parse.ts";

describe("an object that can't be read", () => {
  const newer = {
    apiVersion: "vpcip.dev/v1alpha1",
    kind: "VpcIPClaim",
    metadata: { namespace: "shop", name: "db-0", uid: "u-1", resourceVersion: "7" },
    spec: { static: true, lent: "to somebody" },
    status: { address: "10.0.3.17" },
  };

  test("H20 says why, and still shows what the API server gave", () => {
    expect(parseVpcIPClaim(newer)).toEqual({
      readable: false,
      name: "shop/db-0",
      why: expect.stringContaining("lent"),
      raw: newer,
    });
  });

  test("that lacks its resourceVersion shows it, too", () => {
    const { resourceVersion: _, ...metadata } = newer.metadata;
    const unversioned = { ...newer, spec: { static: true }, metadata };
    expect(parseVpcIPClaim(unversioned)).toMatchObject({ readable: false, raw: unversioned });
  });
});
