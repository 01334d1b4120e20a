import { parseAddress } from "../../domain/address.ts";
import type { Binding } from "../../domain/binding.ts";
import type { StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import type { ClusterWriter, Replaced } from "../../ports/cluster.ts";

/**
 * The bump (design §4.4b): before any intent, the node's config moves on, so that every write that an allocator based on
 * an older one fails, and every open refill is gone, so that its late record fails (H63). It removes no keeper, except,
 * where a tombstone ends, the address that the tombstone binds (H69).
 */
export function bumped(config: StoredNodeENIConfig, unpooled: readonly Binding[] = []): StoredNodeENIConfig {
  const status = config.status ?? {};
  const stays = (entry: { readonly address: string; readonly interfaceID: string }) =>
    !unpooled.some(
      ({ address, interfaceID }) =>
        parseAddress(entry.address) === address && entry.interfaceID === interfaceID,
    );
  return {
    ...config,
    status: {
      ...status,
      sweepEpoch: (status.sweepEpoch ?? 0) + 1,
      refills: [],
      ...(status.pool === undefined ? {} : { pool: status.pool.filter(stays) }),
      ...(status.cooling === undefined ? {} : { cooling: status.cooling.filter(stays) }),
    },
  };
}

export function bump(
  { writer }: { readonly writer: Pick<ClusterWriter, "replaceNodeConfigStatus"> },
  config: StoredNodeENIConfig,
  unpooled: readonly Binding[] = [],
): Promise<Replaced<StoredNodeENIConfig>> {
  return writer.replaceNodeConfigStatus(bumped(config, unpooled));
}
