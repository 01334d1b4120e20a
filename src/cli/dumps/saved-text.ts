import { Problem } from "../world.ts";

/** How the messages begin that `aws` and `kubectl` print in place of a list, by the tool. */
const ERRORS: readonly (readonly [tool: "aws" | "kubectl", begins: RegExp])[] = [
  ["aws", /^An error occurred \(/],
  ["aws", /^(?:aws: (?:\[ERROR\]|error)|usage: aws )/],
  ["aws", /^Unable to (?:locate credentials|parse config file)/],
  ["aws", /^(?:Could not connect to the endpoint URL|Connect timeout on endpoint URL)/],
  ["aws", /^The config profile \(/],
  ["aws", /^(?:You must specify a region|Partial credentials found|Error (?:when|loading) )/],
  ["aws", /^(?:The SSO session|Token has expired|SSL validation failed)/],
  ["kubectl", /^Error from server\b/],
  ["kubectl", /^error: /],
  ["kubectl", /^The connection to the server /],
  ["kubectl", /^Unable to connect to the server/],
  ["kubectl", /^No resources found/],
  ["kubectl", /^[EWIF]\d{4} \d{2}:\d{2}:\d{2}/],
];

const SHOWN = 200;

/** Refuses text that a tool printed in place of a list: its error message, or a table for people. */
export function refuseSavedText(text: string, source: string): void {
  const message =
    text
      .trimStart()
      .slice(0, SHOWN)
      .split(/[\r\n]/)[0] ?? "";
  const tool = ERRORS.find(([, begins]) => begins.test(message))?.[0];
  if (tool !== undefined)
    throw new Problem(`${source} is a saved error message of ${tool}, no list: "${message}"; run it again`);
  if (/^(?:NAMESPACE|NAME) {2,}/.test(message))
    throw new Problem(`${source} is a table of kubectl for people: write it with \`-o json\``);
}
