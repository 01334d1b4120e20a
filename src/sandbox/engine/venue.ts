import type { Laid } from "../scenarios/scenario.ts";
import { type SourceQueue, sourceOf } from "./event-source.ts";
import { RECLAIMER_USER, World } from "./world.ts";

export type Environment = Readonly<Record<string, string>>;
export type FunctionName = "collect" | "reclaim";

/** The servers at which the functions find a laid scenario. */
export interface Stage {
  /** What leads a function to them. */
  environmentOf(name: FunctionName): Environment;
  readonly queue: SourceQueue;
  /** Bodies of the messages that were given up. */
  deadLetters(): Promise<readonly string[]>;
  /** The functions' own calls to the API server, by verb. */
  kubernetesCalls(): Readonly<Record<string, number>>;
  /** Brings the world to what the API server has now, before the truth is told. */
  readBack(): Promise<void>;
}

/** Where a scenario is played: on simulators alone, or in part on real peers. */
export interface Venue {
  /** Completes "eni-reclaimer …". */
  readonly where: string;
  newWorld(seed: number): Promise<World>;
  /** Opens the servers with what was laid in the world. */
  open(world: World, laid: Laid): Promise<Stage>;
  /** Ends what it has opened, but not the world. May be called at any time, and twice. */
  close(): Promise<void>;
}

/** Simulators on free loopback ports. */
export const SIMULATORS: Venue = {
  where: "in its sandbox",
  newWorld: async (seed) => new World(seed),
  open: async (world) => {
    const environment = await world.start();
    return {
      environmentOf: () => environment,
      queue: sourceOf(world.queue),
      deadLetters: async () => world.deadLetters.messages().map(({ body }) => body),
      kubernetesCalls: () => world.kubernetes.calls.byVerb({ user: RECLAIMER_USER }),
      readBack: async () => undefined,
    };
  },
  close: async () => undefined,
};
