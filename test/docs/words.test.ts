/** Names of objects, labels, annotations, tags and variables that the pages tell people to use are those of the code. */
import { describe, expect, test } from "@jest/globals";
import { OPTIONAL_VARIABLES, VARIABLES } from "../../functions/config/variables.ts";
import {
  ANNOTATION,
  FREEZE_CONFIG_MAP,
  LABEL,
  NODE_GROUP_LABELS,
  SENTINEL,
  SYSTEM_NAMESPACE,
  TAG,
} from "../../src/domain/objects/names.ts";
import { frozenData, openData } from "../../src/domain/plan/freeze.ts";
import { PAGES, read } from "./pages.ts";

const keys = new Set<string>([
  ...Object.values(LABEL),
  ...Object.values(ANNOTATION),
  ...Object.values(TAG),
  ...NODE_GROUP_LABELS,
  SENTINEL.nodeENIConfig,
]);

describe.each(PAGES)("%s", (page) => {
  // A path of kubectl's is no prefix of a name.
  const text = read(page).replaceAll("\\.", ".").replaceAll("annotations.", " ");

  test("speaks of labels, annotations and tags that there are", () => {
    const named = [
      ...text.matchAll(/(?<![\w.-])((?:[a-z]+\.)?vpcip\.dev\/[a-z](?:[a-z0-9-]*[a-z0-9])?)/g),
    ].flatMap(([, key = ""]) => (/\/v\d/.test(key) ? [] : [key]));
    expect(named.filter((key) => !keys.has(key))).toEqual([]);
  });

  test("speaks of variables that there are", () => {
    // The other one is the test peers'.
    const names = [...Object.keys({ ...VARIABLES, ...OPTIONAL_VARIABLES }), "RECLAIMER_PEERS"];
    const unknown = (text.match(/RECLAIMER_[A-Z_]+\*?/g) ?? []).filter((name) => {
      const isGroup = name.endsWith("*");
      return !names.some((one) => (isGroup ? one.startsWith(name.slice(0, -1)) : one === name));
    });
    expect(unknown).toEqual([]);
  });
});

test("docs/operations.md freezes, thaws and accepts by the object that every path reads", () => {
  const page = read("docs/operations.md");
  const commands = page.match(/kubectl -n \S+ patch configmap \S+/g) ?? [];
  expect(commands).toHaveLength(3);
  expect(new Set(commands)).toEqual(
    new Set([`kubectl -n ${SYSTEM_NAMESPACE} patch configmap ${FREEZE_CONFIG_MAP.name}`]),
  );
  const patches = [...page.matchAll(/-p '(\{.*\})'|-p "(\{.*\})"/g)].map(
    ([, single, double = ""]) =>
      (JSON.parse(single ?? double.replaceAll('\\"', '"')) as { data: Readonly<Record<string, string>> })
        .data,
  );
  expect(patches).toEqual([
    frozenData("maintenance"),
    openData([]),
    { ...openData([]), reason: "", accept: "$uid" },
  ]);
});
