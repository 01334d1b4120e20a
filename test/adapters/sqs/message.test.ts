import { describe, expect, it } from "@jest/globals";
import { readSweepMessage, writeSweepMessage } from "../../../src/adapters/sqs/message.ts";
import { sweep } from "./sweeps.ts";

describe("sweep message", () => {
  it("comes back as it was written, with the lease that was observed", () => {
    const message = sweep("node-a", {
      observed: { uid: "u", holder: "h", acquireTime: "a", renewTime: "r", durationSeconds: 60 },
    });
    expect(readSweepMessage(writeSweepMessage(message))).toEqual({ readable: true, object: message });
  });

  it.each([
    ["", "it is not JSON"],
    ["{", "it is not JSON"],
    ["null", expect.stringContaining("message:")],
    ['{"run":"r","attempt":0,"delaySeconds":0}', expect.stringContaining("node:")],
    ['{"node":"a","run":"r","attempt":-1,"delaySeconds":0}', expect.stringContaining("attempt:")],
    ['{"node":"a","run":"r","attempt":0,"delaySeconds":901}', expect.stringContaining("delaySeconds:")],
  ])("H54 does not read %p, and tells why", (body, why) => {
    expect(readSweepMessage(body)).toEqual({ readable: false, why });
  });

  it("is not written where it is none", () => {
    expect(() => writeSweepMessage(sweep("node-a", { delaySeconds: 901 }))).toThrow();
  });
});
