import { expect, test } from "@jest/globals";
import { DEFAULT_AGENT_SETTINGS } from "../../src/agent/index.ts";
import { Picture } from "../../src/agent/node/picture.ts";
import { readView } from "../../src/agent/node/view.ts";
import { choose } from "../../src/agent/work/choose.ts";
import { inProcessAgentPorts, Line, machineOf } from "../../src/sandbox/in-process/index.ts";
import { laid } from "./laid.ts";

test("an address that one of the own sandboxes has is not chosen, whatever the records say", async () => {
  const { cluster, agent } = await laid({ secondaries: 2 });
  const [first, second] = agent.pool;
  const place = { address: first as never, interfaceID: agent.node.interfaceIDs[0] ?? "" };
  agent.node.startSandbox({ ...place, uid: "uid", name: "web", namespace: "default", containerID: "c" });
  const ports = inProcessAgentPorts(cluster.world, machineOf(agent.node), { line: new Line() });
  const view = await readView(ports);
  const picture = new Picture({ ports, settings: DEFAULT_AGENT_SETTINGS, kind: "ipamd", view });
  expect(choose(picture, new Set())?.address).toBe(second);
});

test("an address of an interface that is being detached is not chosen", async () => {
  const { cluster, agent } = await laid({ secondaries: 2 });
  agent.node.updateStatus((status) => ({
    ...status,
    interfaces: (status.interfaces ?? []).map((item) => ({ ...item, state: "Detaching" as const })),
  }));
  const ports = inProcessAgentPorts(cluster.world, machineOf(agent.node), { line: new Line() });
  const view = await readView(ports);
  const picture = new Picture({ ports, settings: DEFAULT_AGENT_SETTINGS, kind: "ipamd", view });
  expect(choose(picture, new Set())).toBeUndefined();
});
