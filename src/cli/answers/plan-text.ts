import { KEEP_REASONS, UNKNOWN_REASONS } from "../../domain/verdict.ts";
import type { Paint } from "../output/paint.ts";
import { type Column, table } from "../output/table.ts";
import { wrapped } from "../output/wrap.ts";
import { OFFLINE_HELD_BACK } from "./held-back.ts";
import type { GroupRow, InterfaceRow, NodeRow, PlanDocument, SubnetRow, Use } from "./plan-shape.ts";
import { counted } from "./warnings.ts";

interface Layout {
  /** Columns for sentences. */
  readonly width: number;
  /** Standard output is a terminal: tables are fitted to it, and long ones are cut. */
  readonly terminal: boolean;
  readonly wide: boolean;
  readonly paint: Paint;
}

/** Rows of a list that a table on a terminal shows; `-o wide` shows all, as does a pipe or a file. */
const ROWS = 20;

/** A plan for people. */
export function planText(plan: PlanDocument, layout: Layout): readonly string[] {
  const { paint } = layout;
  const foreign = plan.nodes.some(({ allocator }) => allocator === "foreign");
  return [
    ...headline(plan, paint, layout.width),
    ...plan.warnings.flatMap((warning) => ["", ...wrapped(`! ${warning}`, layout.width).map(paint.yellow)]),
    ...section(
      "Would be marked now, and released after the grace once its node confirms",
      layout,
      plan.released,
      [
        { title: "ADDRESS", of: ({ address }) => address },
        { title: "INTERFACE", of: ({ interface: id }) => id ?? "-" },
        { title: "NODE", of: ({ node }) => node ?? "-", elastic: true },
        { title: "CAUSE", of: ({ cause }) => cause },
        {
          title: "MARKED",
          of: ({ ageSeconds }) => (ageSeconds === null ? "not yet" : `${duration(ageSeconds)} ago`),
        },
        { title: "WHAT", of: ({ gives }) => (gives === "record" ? "its VpcIP only" : "the address") },
        { title: "DETAIL", of: ({ detail }) => (layout.wide ? detail : undefined), prose: true },
      ],
    ),
    ...section(
      "Orphans: would be marked now, and deleted once their instance is surely gone",
      layout,
      plan.orphansDeleted,
      [
        { title: "INTERFACE", of: ({ interface: id }) => id },
        { title: "PRIMARY", of: ({ address }) => address },
        { title: "NODE", of: ({ node }) => node ?? "-", elastic: true },
        { title: "REASON", of: ({ reason }) => reason },
        { title: "DETAIL", of: ({ detail }) => detail, prose: true },
      ],
    ),
    ...section("Held back: leaked by the evidence, but not to be believed", layout, plan.heldBack, [
      { title: "ADDRESS", of: ({ address }) => address },
      { title: "INTERFACE", of: ({ interface: id }) => id ?? "-" },
      { title: "NODE", of: ({ node }) => node ?? "-", elastic: true },
      { title: "WHY", of: ({ reason }) => OFFLINE_HELD_BACK[reason], prose: true },
    ]),
    ...reasons("Unknown, so kept, and reported", plan.unknownByReason, UNKNOWN_REASONS, layout),
    ...(layout.wide ? section("Unknown, one by one", layout, plan.unknown, REASONED) : []),
    ...reasons("Kept", plan.keptByReason, KEEP_REASONS, layout),
    ...(layout.wide ? section("Kept, one by one", layout, plan.kept, REASONED) : []),
    ...section("Node groups", layout, plan.nodeGroups, [
      { title: "GROUP", of: ({ group }) => group ?? "(none)", elastic: true },
      { title: "NODES", of: ({ nodes }) => nodes },
      ...useColumns<GroupRow>(plan),
    ]),
    ...warmTargets(plan, layout),
    ...section("Nodes", layout, plan.nodes, [
      { title: "NODE", of: ({ node, instance }) => node ?? instance, elastic: true },
      { title: "INSTANCE", of: ({ instance }) => (layout.wide ? instance : undefined) },
      { title: "GROUP", of: ({ group }) => group ?? undefined, elastic: true },
      { title: "CNI", of: ({ allocator }) => allocator },
      ...useColumns<NodeRow>(plan),
    ]),
    ...(foreign
      ? wrapped(
          "IDLE on a foreign node is warm or leaked: from outside nobody can tell which, so nothing of it is called leaked.",
          layout.width - 2,
        ).map((line) => paint.dim(`  ${line}`))
      : []),
    ...section(
      "Detached interfaces of another CNI (shown only; eni-reclaimer deletes none of them)",
      layout,
      plan.foreignDetached,
      [
        { title: "INTERFACE", of: ({ interface: id }) => id },
        { title: "LOOKS", of: ({ looks }) => LOOKS[looks] },
        { title: "ADDRS", of: ({ addresses }) => addresses },
        { title: "CLUSTER", of: ({ cluster }) => cluster ?? "-", elastic: true },
        { title: "WHY", of: ({ because }) => because, prose: true },
      ],
    ),
    ...orphanAdvice(plan, layout),
    ...somebodyElses(plan, layout),
    ...section("Subnets", layout, plan.subnets, [
      { title: "SUBNET", of: ({ subnet }) => subnet ?? "(none)", elastic: true },
      { title: "ZONE", of: ({ zone }) => zone ?? undefined },
      { title: "VPC", of: ({ vpc }) => (layout.wide ? (vpc ?? undefined) : undefined) },
      { title: "TAKEN", of: ({ taken }) => taken },
      ...useColumns<SubnetRow>(plan),
    ]),
  ];
}

const REASONED: readonly Column<PlanDocument["kept"][number]>[] = [
  { title: "ADDRESS", of: ({ address }) => address },
  { title: "INTERFACE", of: ({ interface: id }) => id ?? "-" },
  { title: "NODE", of: ({ node }) => node ?? "-", elastic: true },
  { title: "REASON", of: ({ reason }) => reason },
  { title: "DETAIL", of: ({ detail }) => detail, prose: true },
];

const LOOKS = {
  orphan: "orphaned",
  young: "just made",
  "instance-here": "its instance lives",
} as const;

function headline(plan: PlanDocument, paint: Paint, width: number): readonly string[] {
  const { totals, at } = plan;
  const count = (label: string, number: number, colour: (text: string) => string) =>
    `  ${label.padEnd(18)}${(number > 0 ? colour : paint.dim)(String(number).padStart(7))}`;
  const inPrefixes = totals.prefixes === 0 ? "" : ` (${counted(totals.prefixes, "prefix")} among them)`;
  const elsewhere = totals.nodesNotOnEC2 === 0 ? "" : ` (and ${totals.nodesNotOnEC2} not on EC2)`;
  const orphans = looksOrphaned(plan);
  const held = orphans.reduce((sum, { addresses }) => sum + addresses, 0);
  return [
    ...wrapped(`Plan, from dumps alone, as of ${at}. Nothing was changed.`, width).map((line, index) =>
      index === 0 ? line.replace("Plan", paint.bold("Plan")) : line,
    ),
    ...wrapped(
      `${counted(totals.addresses, "address")}${inPrefixes} on ${counted(totals.interfaces, "interface")}, ${counted(totals.nodes, "node")}${elsewhere}, ${counted(totals.pods, "Pod")}`,
      width,
    ),
    "",
    count("would be released", totals.released, paint.red),
    count("orphans of ours", totals.orphansDeleted, paint.red),
    ...(totals.heldBack === 0 ? [] : [count("held back", totals.heldBack, paint.yellow)]),
    count("unknown", totals.unknown, paint.yellow),
    count("kept", totals.kept, paint.green),
    ...(orphans.length === 0
      ? []
      : wrapped(
          `${orphans.length} ${orphans.length === 1 ? "looks" : "look"} orphaned (another CNI's), holding ${counted(held, "address")}`,
          width - 2,
        ).map((line) => `  ${paint.yellow(line)}`)),
  ];
}

function looksOrphaned({ foreignDetached }: PlanDocument) {
  return foreignDetached.filter(({ looks }) => looks === "orphan");
}

/** What a person can do about another CNI's orphans: eni-reclaimer does nothing. */
function orphanAdvice(plan: PlanDocument, { width, paint }: Layout): readonly string[] {
  const [first] = looksOrphaned(plan);
  if (first === undefined) return [];
  return wrapped(
    `Next: look again whether it is still detached (aws ec2 describe-network-interfaces --network-interface-ids ${first.interface}) and that no other cluster or account's tool wants it; then aws ec2 delete-network-interface --network-interface-id ${first.interface} gives its addresses back. EC2 refuses to delete one that is attached.`,
    width - 2,
  ).map((line) => paint.dim(`  ${line}`));
}

function section<Row>(
  title: string,
  { width, terminal, wide, paint }: Layout,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): readonly string[] {
  if (rows.length === 0) return [];
  const shown = wide || !terminal ? rows : rows.slice(0, ROWS);
  const [head = "", ...lines] = table(
    columns,
    shown,
    terminal && !wide ? width - 2 : Number.POSITIVE_INFINITY,
  );
  const hidden = rows.length - shown.length;
  return [
    "",
    ...wrapped(title, width).map(paint.bold),
    ...head.split("\n").map((line) => `  ${paint.dim(line)}`),
    ...lines.map((line) => `  ${line}`),
    ...(hidden === 0
      ? []
      : wrapped(`… and ${hidden} more (-o wide or -o json shows all)`, width - 2).map((line) =>
          paint.dim(`  ${line}`),
        )),
  ];
}

function reasons(
  title: string,
  counts: Readonly<Record<string, number>>,
  words: Readonly<Record<string, string>>,
  layout: Layout,
): readonly string[] {
  return section(title, layout, Object.entries(counts), [
    { title: "COUNT", of: ([, count]) => count },
    { title: "REASON", of: ([reason]) => reason },
    { title: "MEANING", of: ([reason]) => words[reason], prose: true },
  ]);
}

function useColumns<Row extends Use>(plan: PlanDocument): readonly Column<Row>[] {
  const prefixes = plan.totals.prefixes > 0;
  return [
    { title: "IFACES", of: ({ interfaces }) => interfaces },
    { title: "ADDRS", of: ({ addresses }) => addresses },
    { title: "IN USE", of: ({ inUse }) => inUse },
    { title: plan.match.conclusion === "same-cluster" ? "IDLE" : "IDLE?", of: ({ idle }) => idle },
    { title: "/28s", of: ({ prefixes: { count } }) => (prefixes ? count : undefined) },
    { title: "USED", of: ({ prefixes: { used, total } }) => (prefixes ? `${used}/${total}` : undefined) },
    { title: "EMPTY", of: ({ prefixes: { empty } }) => (prefixes ? empty : undefined) },
    {
      title: "SPREAD",
      of: ({ prefixes: { count, empty, needed } }) =>
        prefixes ? `${count - empty} for ${needed}` : undefined,
    },
  ];
}

function warmTargets(plan: PlanDocument, layout: Layout): readonly string[] {
  const groups = plan.nodeGroups.flatMap(({ group, warmTargets: targets }) =>
    targets === undefined ? [] : [{ group, ...targets }],
  );
  const barred = plan.nodeGroups.flatMap(({ group, warmTargetsNotSettable: why }) =>
    why === undefined
      ? []
      : wrapped(
          `Warm targets of ${group === null ? "nodes without a group" : `group ${group}`}: not settable here, ${NOT_SETTABLE[why]}.`,
          layout.width - 2,
        ).map((line) => layout.paint.dim(`  ${line}`)),
  );
  if (groups.length === 0) return barred;
  return [
    ...barred,
    ...section("What warm targets of the Amazon VPC CNI would free", layout, groups, [
      { title: "GROUP", of: ({ group }) => group ?? "(none)", elastic: true },
      { title: "WARM_IP_TARGET", of: (one) => one.WARM_IP_TARGET },
      { title: "MINIMUM_IP_TARGET", of: (one) => one.MINIMUM_IP_TARGET },
      { title: "FREES AT MOST", of: ({ freesAtMost }) => freesAtMost },
      { title: "ON NODES", of: ({ nodes }) => nodes },
      { title: "CALLS ONCE", of: ({ callsOnceAtMost }) => `<= ${callsOnceAtMost}` },
    ]),
    ...wrapped(
      "Afterwards, above the minimum, each Pod that starts or ends may cost one EC2 call (Assign or Unassign) where a whole interface came at once before: mind EC2's throttling on large or busy clusters (amazon-vpc-cni-k8s, docs/eni-and-ip-target.md).",
      layout.width - 2,
    ).map((line) => layout.paint.dim(`  ${line}`)),
  ];
}

const NOT_SETTABLE = {
  "auto-mode": "EKS Auto Mode runs a CNI of its own",
  "no-aws-node": "no Pod of the DaemonSet aws-node runs on its nodes",
} as const;

const WHOSE = { instance: "other instances", detached: "detached" } as const;

function howWeKnow({ whose, because, instance }: InterfaceRow): string {
  if (whose === "instance") return `it is attached to ${instance}, which nothing here shows to be a node`;
  return whose === "detached" ? "it is attached to nothing, and nothing shows whose it is" : because;
}

function somebodyElses({ interfaces }: PlanDocument, layout: Layout): readonly string[] {
  const kinds = new Map<string, InterfaceRow[]>();
  for (const row of interfaces) {
    if (row.whose === "node" || row.whose === "cni") continue;
    const kind = row.whose === "service" ? row.kind : WHOSE[row.whose];
    const others = kinds.get(kind);
    if (others === undefined) kinds.set(kind, [row]);
    else others.push(row);
  }
  const rows = [...kinds].sort(([, a], [, b]) => b.length - a.length);
  return section("Interfaces that are somebody else's", layout, rows, [
    { title: "COUNT", of: ([, { length }]) => length },
    { title: "KIND", of: ([kind]) => kind },
    { title: "E.G.", of: ([, [first]]) => first?.interface },
    { title: "HOW WE KNOW", of: ([, [first]]) => first && howWeKnow(first), prose: true },
  ]);
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}
