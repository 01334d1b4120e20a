import { type Address, parseAddress } from "../../domain/address.ts";
import type { NodeENIConfigStatus } from "../../domain/objects/nodeeniconfig.ts";
import type { World } from "../engine/world.ts";

/**
 * Keeps the truth of pools: an address that a NodeENIConfig in etcd pools or cools is needed, from that write to the one that
 * lists it no more. Sandboxes are the machines' own.
 */
export function watchPools(world: World): void {
  const listed = new Map<string, Map<string, { address: Address; interfaceID: string }>>();
  world.kubernetes.onChange(({ resource, object, type }) => {
    if (resource.plural !== "nodeeniconfigs") return;
    const name = object.metadata.name;
    const status = (type === "DELETED" ? {} : (object["status"] ?? {})) as NodeENIConfigStatus;
    const before = listed.get(name) ?? new Map();
    const now = new Map<string, { address: Address; interfaceID: string }>();
    for (const [entries, need] of [
      [status.pool, "pool"],
      [status.cooling, "cooling"],
    ] as const) {
      for (const { address: text, interfaceID } of entries ?? []) {
        const address = parseAddress(text);
        if (address === undefined) continue;
        now.set(`${address} ${interfaceID}`, { address, interfaceID });
        if (world.truth.needOf(address, interfaceID) !== "sandbox")
          world.truth.need(address, interfaceID, need);
      }
    }
    for (const [key, { address, interfaceID }] of before) {
      const need = world.truth.needOf(address, interfaceID);
      if (!now.has(key) && (need === "pool" || need === "cooling")) world.truth.forget(address, interfaceID);
    }
    listed.set(name, now);
  });
}
