import { properties, type Stack } from "../stack/stack.ts";

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A request as IAM sees it. Context keys that are absent are absent. */
export interface Call {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** IAM's answer within one account: an explicit deny wins, and without an allow nothing is allowed. */
export function decide(statements: readonly Statement[], call: Call): "allowed" | "denied" {
  const matching = statements.filter((statement) => matches(statement, call));
  if (matching.some(({ Effect }) => Effect === "Deny")) return "denied";
  return matching.some(({ Effect }) => Effect === "Allow") ? "allowed" : "denied";
}

/** All statements of a role: its own and those of the stack's managed policies. */
export function statementsOf(stack: Stack, role: string): readonly Statement[] {
  const { Policies, ManagedPolicyArns } = properties(stack, role) as {
    Policies: readonly { PolicyDocument: { Statement: readonly Statement[] } }[];
    ManagedPolicyArns: readonly string[];
  };
  const managed = ManagedPolicyArns.map(
    (reference) =>
      properties(stack, reference.replace(/^ref:/, ""))["PolicyDocument"] as {
        Statement: readonly Statement[];
      },
  );
  return [...Policies.map(({ PolicyDocument }) => PolicyDocument), ...managed].flatMap(
    ({ Statement }) => Statement,
  );
}

function matches(
  { Action, Resource, Condition = {} }: Statement,
  { action, resource, context = {} }: Call,
): boolean {
  return (
    [Action].flat().some((pattern) => like(pattern, action)) &&
    [Resource].flat().some((pattern) => like(pattern, resource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => holds(operator, [values].flat(), context[key])),
    )
  );
}

/** A missing key fails a plain operator and satisfies a negated one (IAM guide, "Condition operators"). */
function holds(operator: string, wanted: readonly string[], actual: string | undefined): boolean {
  switch (operator) {
    case "StringEquals":
    case "StringLike":
    case "ArnEquals":
    case "ArnLike":
      return actual !== undefined && wanted.some((pattern) => like(pattern, actual));
    case "StringNotEquals":
      return actual === undefined || !wanted.includes(actual);
    case "ArnNotLike":
      return actual === undefined || !wanted.some((pattern) => like(pattern, actual));
    default:
      throw new Error(`${operator} isn't known here`);
  }
}

function like(pattern: string, text: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(text);
}
