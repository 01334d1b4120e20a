import { paint } from "../../../src/cli/output/paint.ts";
import type { AddressState, Run, RunReport, SubnetMap } from "../../../src/sandbox/engine/report.ts";
import type { Layout } from "../../../src/sandbox/show/layout.ts";

export function layout(width = 100, colour = false): Layout {
  return { width, colour, paint: paint(colour) };
}

export function report(more: Partial<RunReport> = {}): RunReport {
  return {
    scenario: "tiny",
    seed: 1,
    interfaces: 1,
    addresses: 2,
    released: [],
    kept: [],
    orphansDeleted: [],
    recordsDropped: [],
    unknown: [],
    heldBack: [],
    wronglyReleased: [],
    stillLeaked: [],
    pauses: [],
    calls: { ec2: {}, kubernetes: {} },
    alarms: [],
    failures: [],
    ...more,
  };
}

export function run(more: Partial<RunReport> = {}, rest: Partial<Run> = {}): Run {
  return {
    where: "in its sandbox",
    report: report(more),
    before: [],
    after: [],
    virtualSeconds: 0,
    realMilliseconds: 0,
    ...rest,
  };
}

export function released(address: string, more: Partial<RunReport["released"][number]> = {}) {
  return { address, interface: "eni-1", node: "web-1", cause: "pod-gone", ageSeconds: 1860, ...more };
}

export function keptAddress(address: string, reason: string, node = "web-1", detail?: string) {
  return { address, interface: "eni-1", node, reason, ...(detail === undefined ? {} : { detail }) };
}

/** A subnet that is free but for the AWS-reserved addresses and what is given, by its offset. */
export function subnet(cidr: string, states: Readonly<Record<number, AddressState>> = {}): SubnetMap {
  const size = 2 ** (32 - Number(cidr.split("/")[1]));
  const reserved = (offset: number): AddressState => (offset < 4 || offset === size - 1 ? "aws" : "free");
  return {
    subnet: "subnet-1",
    cidr,
    states: Array.from({ length: size }, (_, offset) => states[offset] ?? reserved(offset)),
  };
}
