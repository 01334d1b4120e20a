import type { Command, Given } from "../command.ts";
import { EXIT, type ExitCode, type World } from "../world.ts";
import { DEFAULT_WIDTH, DUMP_FLAGS, DUMP_NOTES, formatOf, gatherOptions } from "./dump-flags.ts";

export const plan: Command = {
  name: "plan",
  summary: "what would be released, kept and unknown, and why, from dumps",
  positionals: [],
  flags: DUMP_FLAGS,
  notes: [
    ...DUMP_NOTES,
    "A plan is no release: what it lists would be marked now, and released after the grace once its node confirms under its lease. Nodes without a NodeENIConfig (stock Amazon VPC CNI) are `foreign`: the plan shows what is in use and idle there, and never calls anything leaked.",
    "Exit codes: 0 nothing is leaked; 1 something is: addresses or orphans would be released, or are held back; 2 wrong usage or input (then nothing is printed on standard output); 4 it failed.",
  ],
  examples: [
    "cnictl plan --interfaces enis.json --pods pods.json --nodes nodes.json",
    "aws ec2 describe-network-interfaces --output json | cnictl plan --interfaces - --pods pods.json -o json",
  ],
  run,
};

async function run(given: Given, world: World): Promise<ExitCode> {
  const [
    { gather },
    { inventoryOfDumps },
    { planDocument },
    { planText },
    { print },
    { paint },
    { DEFAULT_SETTINGS },
  ] = await Promise.all([
    import("../dumps/gather.ts"),
    import("../dumps/inventory.ts"),
    import("../answers/plan-document.ts"),
    import("../answers/plan-text.ts"),
    import("../output/print.ts"),
    import("../output/paint.ts"),
    import("../../reclaimer/settings.ts"),
  ]);
  const gathered = await gather(world, gatherOptions(given, world));
  const inventory = inventoryOfDumps(gathered);
  const document = planDocument(gathered, inventory, DEFAULT_SETTINGS.breaker);
  await print(world, formatOf(given), document, (plan, wide) =>
    planText(plan, {
      wide,
      width: world.columns ?? DEFAULT_WIDTH,
      terminal: world.columns !== undefined,
      paint: paint(world.colour),
    }),
  );
  const { released, orphansDeleted, heldBack } = document;
  return released.length + orphansDeleted.length + heldBack.length > 0 ? EXIT.drift : EXIT.fine;
}
