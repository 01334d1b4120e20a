import type { Paint } from "../output/paint.ts";
import { wrapped } from "../output/wrap.ts";
import type { ExplainDocument, Story } from "./explain-document.ts";

/** The story of an address for people. */
export function explainText(document: ExplainDocument, width: number, paint: Paint): readonly string[] {
  const { stories, warnings } = document;
  return [
    ...(stories.length > 1 ? [`${document.asked}: ${stories.length} stories`, ""] : []),
    ...alike(stories).flatMap(([first, last], index) => [
      ...(index === 0 ? [] : [""]),
      ...storyText(first, last.address, width, paint),
    ]),
    ...warnings.flatMap((warning) => ["", ...wrapped(`! ${warning}`, width).map(paint.yellow)]),
  ];
}

/** Neighbours with the same story, as first and last. */
function alike(stories: readonly Story[]): readonly (readonly [first: Story, last: Story])[] {
  const groups: [Story, Story][] = [];
  for (const story of stories) {
    const group = groups.at(-1);
    if (group !== undefined && sameBut(group[0], story)) group[1] = story;
    else groups.push([story, story]);
  }
  return groups;
}

function sameBut({ address: _, ...a }: Story, { address: __, ...b }: Story): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

const ROLE = {
  primary: "the primary address of",
  secondary: "a secondary address of",
  "prefix-member": "in a prefix of",
  nowhere: "",
} as const;

const MARK = { true: "keeps", false: "-", null: "?" } as const;
const TITLE = 17;

function storyText(story: Story, last: string, width: number, paint: Paint): readonly string[] {
  const { where } = story;
  const line = (title: string, text: string) => {
    const [first = "", ...more] = wrapped(text, width - TITLE - 2);
    return [`  ${title.padEnd(TITLE)}${first}`, ...more.map((rest) => `  ${" ".repeat(TITLE)}${rest}`)];
  };
  const several = story.address !== last;
  const who = several ? `${story.address}-${last}` : story.address;
  const is = several ? "are each" : "is";
  const tags = Object.entries(where?.tags ?? {}).map(([key, value]) => `${key}=${value}`);
  const decided = {
    keep: paint.green("kept"),
    unknown: paint.yellow("unknown, so kept"),
    leaked: paint.red("leaked, by these dumps"),
    none: "not judged",
  }[story.decision];
  return [
    where === null
      ? `${paint.bold(who)} ${several ? "are" : "is"} on none of the given interfaces`
      : `${paint.bold(who)} ${is} ${ROLE[story.role]} ${where.interface}${story.prefix === null ? "" : ` (${story.prefix})`}`,
    ...line(
      "use",
      { "in-use": paint.green, idle: paint.yellow, unknown: paint.yellow, node: paint.dim }[story.use](
        story.usedBy,
      ),
    ),
    ...(where === null
      ? []
      : [
          ...line("interface", `${where.kind}: ${where.because}; ${where.status ?? "status unknown"}`),
          ...line("subnet", `${where.subnet ?? "unknown"}${where.vpc === null ? "" : ` of ${where.vpc}`}`),
          ...line("instance", where.instance ?? "none"),
          ...line(
            "node",
            where.node === null
              ? "unknown"
              : `${where.node}${where.group === null ? "" : `, group ${where.group}`} (known by ${where.nodeKnownBy})`,
          ),
          ...(tags.length === 0 ? [] : line("tags", tags.join(", "))),
        ]),
    `  ${paint.dim("looked at")}`,
    ...story.lookedAt.flatMap(({ at, found, accounts }) =>
      line(`  ${at}`, `${MARK[`${accounts}`].padEnd(6)}${found}`),
    ),
    ...line("decided", `${decided}: ${story.words}${story.detail === null ? "" : ` (${story.detail})`}`),
    ...line("next", story.next),
  ].map((one) => one.trimEnd());
}
