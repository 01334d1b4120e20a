/** What is checked: each line is one run of Spin with its own macros. */
export interface Check {
  readonly name: string;
  readonly kind: "safety" | "progress" | "rule removed" | "found";
  /** `exhaustive` visits every state; `shortest` too, breadth first; `bitstate` as many as its table can tell apart. */
  readonly search: "exhaustive" | "shortest" | "bitstate";
  readonly macros: readonly string[];
  /** The formula, for progress. */
  readonly formula?: string;
  /** A bitstate search ends after so many minutes, whatever is left. */
  readonly minutes?: number;
}

/** One rule away. `faults` is the smallest number with which somebody gets hurt. */
interface Without {
  readonly macro: string;
  readonly name: string;
  readonly faults: number;
}

const RULES: readonly Without[] = [
  { macro: "NO_CREATE_FENCE", name: "create-fence (the name as lock)", faults: 1 },
  { macro: "NO_POST_CHECK", name: "post-create check", faults: 2 },
  { macro: "NO_BUMP", name: "config bump", faults: 0 },
  { macro: "NO_REFILL_ID", name: "refill ID", faults: 0 },
  { macro: "NO_INTENT_CAS", name: "intent by compare-and-swap", faults: 2 },
  { macro: "NO_REPORT", name: "report", faults: 1 },
  { macro: "NO_TOMBSTONE", name: "tombstone", faults: 1 },
  { macro: "NO_BINDING", name: "tombstone's binding", faults: 1 },
  { macro: "NO_END_ORDER", name: "tombstone's end: bump, then delete", faults: 2 },
  { macro: "NO_AFRESH", name: "afresh on the second run", faults: 1 },
];

/** What the model found beside the ten rules: each way to get it wrong is kept out by a rule of its own. */
const FOUND: readonly Without[] = [
  { macro: "FORGETS_OTHER_INTERFACE", name: "an intent is put over one of another interface", faults: 1 },
  { macro: "JUDGES_TOMBSTONES_LATE", name: "a tombstone goes that ended after the bump", faults: 2 },
  { macro: "DELETES_TOMBSTONES", name: "a DEL deletes a record with its tombstones", faults: 1 },
  { macro: "RECOVERY RECOVERY_IGNORES_INTENT", name: "recovery pools what has an intent", faults: 1 },
  { macro: "BAD_CLOCK", name: "no deadline (the own clock stands still)", faults: 1 },
];

const safety = (
  name: string,
  search: Check["search"],
  macros: readonly string[],
  minutes?: number,
): Check => ({
  name,
  kind: "safety",
  search,
  macros,
  ...(minutes === undefined ? {} : { minutes }),
});

const progress = (formula: string, faults: number): Check => ({
  name: `${formula === "released" ? "no leak" : "no record"} for ever, ${faults === 1 ? "1 fault" : `${faults} faults`}`,
  kind: "progress",
  search: "exhaustive",
  macros: ["PROGRESS", `FAULTS=${faults}`],
  formula,
});

const without =
  (kind: Check["kind"]) =>
  ({ macro, name, faults }: Without): Check => ({
    name,
    kind,
    search: "shortest",
    macros: [...macro.split(" "), `FAULTS=${faults}`],
  });

/** @param isQuick what continuous integration can wait for: about five minutes on two cores */
export function checks(isQuick: boolean): readonly Check[] {
  return [
    safety("one address, two interfaces, 2 faults", "exhaustive", ["FAULTS=2"]),
    ...["released", "forgotten"].map((formula) => progress(formula, isQuick ? 1 : 2)),
    ...RULES.map(without("rule removed")),
    ...FOUND.map(without("found")),
    safety("one address, any faults", "bitstate", ["TENANTS", "RECOVERY"], isQuick ? 1 : 5),
    safety("two addresses, any faults", "bitstate", ["ADDRESSES=2"], isQuick ? 1 : 10),
  ];
}

/** Where somebody must get hurt. */
export const expectsCounterExample = ({ kind }: Check): boolean =>
  kind === "rule removed" || kind === "found";
