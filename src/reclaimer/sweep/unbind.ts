import { type Binding, ownersOf } from "../../domain/binding.ts";
import { SENTINEL } from "../../domain/objects/names.ts";
import type { StoredNodeENIConfig } from "../../domain/objects/nodeeniconfig.ts";
import type { Sentinels } from "../guard/memory.ts";
import { wholeNodeConfigs } from "../guard/whole-lists.ts";
import { messageOf } from "../parallel.ts";
import { bump } from "./bump.ts";
import type { SweepContext } from "./context.ts";

const TRIES = 3;

/**
 * Takes bound addresses out of the pools of the interfaces that bind them, before their tombstones end (design §4.4d, H69).
 * The node's own pool has them no more: its bump has seen to that. An address may have moved here from another node, whose
 * pool may list it still; that node isn't stopped, and needn't be: its allocator looks at its pool again after it has created
 * the VpcIP, and the name is taken until then. What can't be taken out stays bound.
 */
export async function unbind(
  context: SweepContext,
  sentinels: Sentinels,
  endings: readonly Binding[],
): Promise<void> {
  const elsewhere: Binding[] = [];
  for (const binding of endings) {
    if (isOwn(context, binding)) context.unbind(binding);
    else elsewhere.push(binding);
  }
  if (elsewhere.length === 0) return;
  const configs = (await wholeNodeConfigs(context.ports.cluster, sentinels)).filter(
    (config) => !config.readable || config.object.metadata.name !== SENTINEL.nodeENIConfig,
  );
  for (const binding of elsewhere) {
    const item = context.truth.bound.find(({ id }) => id === binding.interfaceID);
    const owners = ownersOf(binding, item, configs);
    try {
      const why = owners.known ? await takeOutOf(context, binding, owners.configs) : owners.why;
      if (why === undefined) context.unbind(binding);
      else context.fail(binding.address, `it stays bound: ${why}`);
    } catch (error) {
      context.fail(binding.address, `it stays bound: ${messageOf(error)}`);
    }
  }
}

function isOwn({ truth }: SweepContext, { interfaceID }: Binding): boolean {
  const { config, bound } = truth;
  const { instanceID, interfaces = [] } = config?.status ?? {};
  const attached = bound.find(({ id }) => id === interfaceID)?.attachment?.instanceID;
  if (attached !== undefined) return attached === instanceID;
  return interfaces.some(({ id }) => id === interfaceID);
}

/** @returns why it could not be done */
async function takeOutOf(
  context: SweepContext,
  binding: Binding,
  owners: readonly StoredNodeENIConfig[],
): Promise<string | undefined> {
  for (const { metadata } of owners) {
    if (metadata.name === context.node) continue;
    const why = await takeOutOfOne(context, binding, metadata.name);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** Read anew each time: one config may own several of the bindings, and its allocator goes on. */
async function takeOutOfOne(
  { ports }: SweepContext,
  binding: Binding,
  name: string,
): Promise<string | undefined> {
  for (let tries = 0; tries < TRIES; tries++) {
    const found = await ports.cluster.getNodeConfig(name);
    if (!found.found) return undefined;
    if (!found.object.readable) return `the config of node ${name} can't be read`;
    const answer = await bump(ports, found.object.object, [binding]);
    if (answer.outcome !== "conflict") return undefined;
  }
  return `the config of node ${name} changes all the time`;
}
