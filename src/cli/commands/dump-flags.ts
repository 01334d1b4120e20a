import { type Flag, flagValue, flagValues, type Given } from "../command.ts";
import type { GatherOptions } from "../dumps/gather.ts";
import type { Input } from "../dumps/sources.ts";
import type { Format } from "../output/print.ts";
import { Problem, type World } from "../world.ts";

const file = { value: "FILE", repeatable: true } as const;

/** The flags that name dumps: the same for every offline command. */
export const DUMP_FLAGS: readonly Flag[] = [
  {
    name: "interfaces",
    ...file,
    required: true,
    description: "what `aws ec2 describe-network-interfaces --output json` printed",
  },
  { name: "pods", ...file, required: true, description: "what `kubectl get pods -A -o json` printed" },
  { name: "nodes", ...file, description: "what `kubectl get nodes -o json` printed: node names, groups" },
  { name: "necs", ...file, description: "`kubectl get nec -o json`: the nodes that eni-reclaimer manages" },
  {
    name: "vips",
    ...file,
    description: "`kubectl get vip -o json`: without it no managed address is judged",
  },
  { name: "claims", ...file, description: "`kubectl get vipc -A -o json`: static claims" },
  {
    name: "instances",
    ...file,
    description: "`aws ec2 describe-instances --output json`: without it no orphan is proved",
  },
  {
    name: "cluster-uid",
    value: "UID",
    description:
      "UID of the kube-system namespace, to know detached interfaces of ours (default: what the managed nodes' interfaces agree on)",
  },
  {
    name: "at",
    value: "TIME",
    description: "the time of the dumps, RFC 3339 (default: now); expiry and cooling are judged by it",
  },
  {
    name: "output",
    short: "o",
    value: "FORM",
    oneOf: ["table", "wide", "json", "yaml"] satisfies Format[],
    fallback: "table",
    description: "form of the answer",
  },
];

export const DUMP_NOTES: readonly string[] = [
  "A file may hold several JSON documents in a row (pages, NDJSON), a JSON array of pages, or, from kubectl, YAML; `-` reads standard input. Lists that are cut off (NextToken, metadata.continue), broken or of the wrong kind are refused: there is no plan from half the data.",
  "Needs no account and no cluster, and changes nothing.",
];

const FILE_FLAGS: readonly Input[] = ["interfaces", "pods", "nodes", "necs", "vips", "claims", "instances"];
const TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

export function gatherOptions(given: Given, world: World): GatherOptions {
  const files = new Map(
    FILE_FLAGS.flatMap((flag) => {
      const paths = flagValues(given, flag);
      return paths.length === 0 ? [] : [[flag, paths] as const];
    }),
  );
  const uid = flagValue(given, "cluster-uid");
  return { files, at: timeOf(given, world), ...(uid === undefined ? {} : { clusterUID: uid }) };
}

export function formatOf(given: Given): Format {
  return flagValue(given, "output") as Format;
}

function timeOf(given: Given, world: World): number {
  const text = flagValue(given, "at");
  if (text === undefined) return world.now();
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new Problem(`--at is "${text}", which is no RFC 3339 time such as 2026-01-31T12:00:00Z`);
  return time;
}

/** Columns of sentences where standard output is no terminal; tables are as wide as they need. */
export const DEFAULT_WIDTH = 110;
