/** What can go wrong in a cluster, as one arbitrary: a list of troubles, each laid on a draft in turn. */
import fc from "fast-check";
import type { Trouble } from "./messy.ts";
import { interfaceTroubles, nodeTroubles, strangeInterface } from "./troubles-of-nodes.ts";
import { lentRecord, podTroubles, recordTroubles, replacedSandbox } from "./troubles-of-records.ts";

export const troubles = (maxLength: number): fc.Arbitrary<readonly Trouble[]> =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: nodeTroubles },
      { weight: 3, arbitrary: interfaceTroubles },
      { weight: 5, arbitrary: recordTroubles },
      { weight: 5, arbitrary: podTroubles },
      { weight: 1, arbitrary: replacedSandbox },
      { weight: 1, arbitrary: lentRecord },
      { weight: 1, arbitrary: strangeInterface },
    ),
    { maxLength },
  );
