import { addressOf } from "../../../src/domain/address.ts";
import { RUN } from "../peers.ts";

const seed = Number.parseInt(RUN, 36) % 0xff_ff;
let count = 0;

/** An address of 198.18.0.0/15 (RFC 2544, benchmarks), where no contract suite lays any, that no other test of this run uses. */
export function freshAddress(): string {
  count++;
  return addressOf(0xc6_12_00_00 + ((seed * 31 + count) % 0x1_ff_ff));
}

export function freshName(prefix: string): string {
  count++;
  return `${prefix}-${RUN}-${count}`;
}

const object = (kind: string, metadata: object, more: object) => ({
  apiVersion: "vpcip.dev/v1alpha1",
  kind,
  metadata,
  ...more,
});

export const vpcIP = (name: string, spec: object, labels?: Record<string, string>) =>
  object("VpcIP", { name, ...(labels !== undefined && { labels }) }, { spec });

export const claim = (name: string, spec: object, metadata: object = {}) =>
  object("VpcIPClaim", { name, namespace: "default", ...metadata }, { spec });

export const nodeConfig = (name: string, spec: object) => object("NodeENIConfig", { name }, { spec });
