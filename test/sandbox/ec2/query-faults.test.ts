import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { outcome, Served } from "./served.ts";
import { address, interfaceOf } from "./world.ts";

let served: Served;
beforeEach(async () => {
  served = await Served.start();
});
afterEach(() => served.stop());

/** Until the request has reached the simulator. */
async function struck(fault: { readonly hits: () => number }): Promise<void> {
  while (fault.hits() === 0) await new Promise(setImmediate);
}

describe("faults", () => {
  const unassign = (text: string) => outcome(served.client().send(served.unassign(text)));
  const left = () => interfaceOf(served.base.ec2, served.base.interfaceID).secondary;
  beforeEach(() => {
    served.base.ec2.seed.assign(served.base.interfaceID, ["10.0.0.40", "10.0.0.41"].map(address));
  });

  test("drop-before resets the connection and nothing happened", async () => {
    served.faults.add({ action: "UnassignPrivateIpAddresses", kind: "drop-before" });
    expect(await unassign("10.0.0.40")).toBe("ECONNRESET");
    expect(left()).toEqual(["10.0.0.40", "10.0.0.41"]);
  });

  test("drop-after resets the connection and it happened", async () => {
    served.faults.add({ action: "UnassignPrivateIpAddresses", kind: "drop-after" });
    expect(await unassign("10.0.0.40")).toBe("ECONNRESET");
    expect(left()).toEqual(["10.0.0.41"]);
  });

  test("an error is given as asked for, to the nth matching request only", async () => {
    const fault = served.faults.add({
      kind: "error",
      code: "InternalError",
      status: 500,
      nth: 2,
      matching: ({ action, caller }) => action.startsWith("Unassign") && caller === "AKIDTEST",
    });
    expect(await unassign("10.0.0.40")).toBe("done");
    expect(await unassign("10.0.0.41")).toBe("InternalError 500");
    expect(await unassign("10.0.0.41")).toBe("done");
    expect(fault.hits()).toBe(1);
  });

  test("a duplicate acts twice: it takes away what was assigned anew in between", async () => {
    let again = true;
    served.base.ec2.onChange((change) => {
      if (change.kind !== "addressUnassigned" || !again) return;
      again = false;
      served.base.ec2.seed.assign(served.base.interfaceID, [change.address]);
    });
    served.faults.add({ kind: "duplicate" });
    expect(await unassign("10.0.0.40")).toBe("done");
    expect(left()).toEqual(["10.0.0.41"]);
    expect(served.base.ec2.calls.byAction()).toHaveProperty("UnassignPrivateIpAddresses", 2);
  });

  test("a held request takes effect when it is released, though its caller has given up", async () => {
    const { promise: until, resolve: release } = Promise.withResolvers<void>();
    const effect = new Promise<void>((resolve) => served.base.ec2.onChange(() => resolve()));
    const fault = served.faults.add({ action: "UnassignPrivateIpAddresses", kind: "hold", until });
    const abort = new AbortController();
    const gaveUp = served.client().send(served.unassign("10.0.0.40"), { abortSignal: abort.signal });
    await struck(fault);
    abort.abort();
    await expect(gaveUp).rejects.toThrow();
    expect(left()).toEqual(["10.0.0.40", "10.0.0.41"]);
    release();
    await effect;
    expect(left()).toEqual(["10.0.0.41"]);
  });
});
