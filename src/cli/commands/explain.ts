import type { Command, Given } from "../command.ts";
import { EXIT, type ExitCode, type World } from "../world.ts";
import { DEFAULT_WIDTH, DUMP_FLAGS, DUMP_NOTES, formatOf, gatherOptions } from "./dump-flags.ts";

export const explain: Command = {
  name: "explain",
  summary: "the whole story of one address: where it is, what accounts for it, what would happen next",
  positionals: [{ name: "ADDRESS", description: "an IPv4 address (10.0.3.17), or a prefix (10.0.3.16/28)" }],
  flags: DUMP_FLAGS,
  notes: [
    ...DUMP_NOTES,
    "Exit codes: 0 nothing is wrong with it; 1 it looks leaked; 2 wrong usage or input; 4 it failed.",
  ],
  examples: ["cnictl explain 10.0.3.17 --interfaces enis.json --pods pods.json --nodes nodes.json"],
  run,
};

async function run(given: Given, world: World): Promise<ExitCode> {
  const [
    { gather },
    { inventoryOfDumps },
    { addressesOf, explainDocument },
    { explainText },
    { print },
    { paint },
    { DEFAULT_SETTINGS },
  ] = await Promise.all([
    import("../dumps/gather.ts"),
    import("../dumps/inventory.ts"),
    import("../answers/explain-document.ts"),
    import("../answers/explain-text.ts"),
    import("../output/print.ts"),
    import("../output/paint.ts"),
    import("../../reclaimer/settings.ts"),
  ]);
  const asked = given.positionals[0] as string;
  addressesOf(asked);
  const gathered = await gather(world, gatherOptions(given, world));
  const inventory = inventoryOfDumps(gathered);
  const document = explainDocument(asked, gathered, inventory, DEFAULT_SETTINGS.breaker);
  await print(world, formatOf(given), document, (explained) =>
    explainText(explained, world.columns ?? DEFAULT_WIDTH, paint(world.colour)),
  );
  return document.stories.some(({ decision }) => decision === "leaked") ? EXIT.drift : EXIT.fine;
}
