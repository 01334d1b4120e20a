import type { Paint } from "../../cli/output/paint.ts";

/** What a text is drawn for. */
export interface Layout {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
  readonly paint: Paint;
}
