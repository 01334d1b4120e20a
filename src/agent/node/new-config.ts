import { API_GROUP, API_VERSION, LABEL } from "../../domain/objects/names.ts";
import { Interrupted } from "../operation/interrupted.ts";
import type { AgentPorts } from "../ports.ts";

/**
 * Creates the node's NodeENIConfig, in the group that its Node says. Its status comes with the first write to it. Where the Node
 * is gone, or another machine's by now, there is nothing to manage.
 */
export async function createConfig({ cluster, writer, host }: AgentPorts): Promise<void> {
  const { nodeName } = host;
  const node = await cluster.getNode(nodeName);
  if (!node.found || (node.object.instanceID ?? host.instanceID) !== host.instanceID)
    throw new Interrupted(`Node ${nodeName} is not this machine's`);
  const { group } = node.object;
  await writer.createNodeConfig({
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: "NodeENIConfig",
    metadata: { name: nodeName, ...(group === undefined ? {} : { labels: { [LABEL.nodeGroup]: group } }) },
    spec: {},
  });
}
