import type { Dice } from "../dice.ts";
import type { Simulation } from "../simulation.ts";

/** A kind of step: how often it is drawn, and what it does. What takes long goes on beside the next steps. */
export interface StepDefinition {
  readonly weight: number;
  /** For how many it counts where a plan is so many steps long; 1 if absent. */
  readonly length?: number;
  readonly run: (simulation: Simulation, dice: Dice) => void | Promise<void>;
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
