import type { Paint } from "../output/paint.ts";
import type { ExplainDocument, Story } from "./explain-document.ts";
import { wrapped } from "./plan-text.ts";

/** The story of an address for people. */
export function explainText(document: ExplainDocument, width: number, paint: Paint): readonly string[] {
  const { stories, warnings } = document;
  return [
    ...(stories.length > 1 ? [`${document.asked}: ${stories.length} stories`, ""] : []),
    ...stories.flatMap((story, index) => [...(index === 0 ? [] : [""]), ...storyText(story, width, paint)]),
    ...warnings.flatMap((warning) => ["", ...wrapped(`! ${warning}`, width).map(paint.yellow)]),
  ];
}

const ROLE = {
  primary: "the primary address of",
  secondary: "a secondary address of",
  "prefix-member": "in a prefix of",
  nowhere: "",
} as const;

const MARK = { true: "keeps", false: "-", null: "?" } as const;
const TITLE = 17;

function storyText(story: Story, width: number, paint: Paint): readonly string[] {
  const { where } = story;
  const line = (title: string, text: string) => {
    const [first = "", ...more] = wrapped(text, width - TITLE - 2);
    return [`  ${title.padEnd(TITLE)}${first}`, ...more.map((rest) => `  ${" ".repeat(TITLE)}${rest}`)];
  };
  const decided = {
    keep: paint.green("kept"),
    unknown: paint.yellow("unknown, so kept"),
    leaked: paint.red("leaked, by these dumps"),
    none: "not judged",
  }[story.decision];
  return [
    where === null
      ? `${paint.bold(story.address)} is on none of the given interfaces`
      : `${paint.bold(story.address)} is ${ROLE[story.role]} ${where.interface}${story.prefix === null ? "" : ` (${story.prefix})`}`,
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
        ]),
    `  ${paint.dim("looked at")}`,
    ...story.lookedAt.flatMap(({ at, found, accounts }) =>
      line(`  ${at}`, `${MARK[`${accounts}`].padEnd(6)}${found}`),
    ),
    ...line("decided", `${decided}: ${story.words}${story.detail === null ? "" : ` (${story.detail})`}`),
    ...line("next", story.next),
  ].map((one) => one.trimEnd());
}
