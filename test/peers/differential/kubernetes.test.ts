import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { KubernetesSimulator } from "../../../src/sandbox/kubernetes/index.ts";
import fc from "../../property.ts";
import { sequence } from "../../sandbox/kubernetes/builders.ts";
import { describeWhere, kubernetesPeer, RUN } from "../peers.ts";
import { Side } from "./sides.ts";
import { carryOut, clear, steps } from "./steps.ts";

/** How many sequences of requests are tried. PEERS_SEQUENCES asks for more, PEERS_SEED for others. */
const { PEERS_SEQUENCES: runs = "100", PEERS_SEED: seed = "1" } = process.env;

describeWhere(kubernetesPeer)("the Kubernetes simulator beside a real kube-apiserver", () => {
  const simulator = new KubernetesSimulator({
    clock: Date.now,
    random: sequence(1),
    access: { tokens: { secret: "differential" } },
  });
  const namespace = `differential-${RUN}`;
  let simulated: Side;
  let real: Side;

  beforeAll(async () => {
    simulated = new Side({ url: await simulator.start(), token: "secret", stop: () => simulator.stop() });
    real = new Side({ url: "", ...kubernetesPeer, stop: async () => undefined });
    for (const side of [simulated, real]) await side.prepare(namespace);
  }, 120_000);
  afterAll(() => simulator.stop());

  test("answers each sequence of requests in the same words", async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (requests) => {
        run++;
        const answers = await Promise.all(
          [simulated, real].map((side) => carryOut(side, requests, run, namespace)),
        );
        await Promise.all([simulated, real].map((side) => clear(side, run, namespace)));
        for (const [index, request] of requests.entries())
          expect({ request, answer: answers[0]?.[index] }).toEqual({ request, answer: answers[1]?.[index] });
      }),
      {
        numRuns: Number(runs),
        seed: Number(seed),
        interruptAfterTimeLimit: 240_000,
        markInterruptAsFailure: false,
      },
    );
  }, 300_000);
});
