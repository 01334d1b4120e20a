import type { Resource, Template } from "./template.ts";

/** A template as CloudFormation would make it of these parameters: conditions decided, functions resolved. */
export interface Stack {
  readonly resources: ReadonlyMap<string, Resource>;
}

export type Parameters = Readonly<Record<string, string>>;

export const REQUIRED: Parameters = {
  ClusterName: "blue",
  ClusterUid: "11111111-2222-3333-4444-555555555555",
  VpcId: "vpc-0123456789abcdef0",
};

const PSEUDO: Parameters = {
  "AWS::Partition": "aws",
  "AWS::Region": "eu-central-1",
  "AWS::AccountId": "111122223333",
  "AWS::StackName": "eni-reclaimer-dev",
  "AWS::URLSuffix": "amazonaws.com",
};

/** Stands for a property or element that `AWS::NoValue` takes away. */
const NOTHING = Symbol("nothing");

export function stackOf(template: Template, parameters: Parameters = REQUIRED): Stack {
  const given = (name: string): unknown => {
    const value = parameters[name] ?? PSEUDO[name] ?? template.Parameters[name]?.Default;
    if (value !== undefined) return value;
    if (name in template.Resources) return `ref:${name}`;
    throw new Error(`nothing is called ${name}`);
  };
  const holds = (name: string): boolean => {
    const condition = template.Conditions[name];
    if (condition === undefined) throw new Error(`no condition is called ${name}`);
    return resolve(condition) === true;
  };
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve).filter((element) => element !== NOTHING);
    if (typeof value !== "object" || value === null) return value;
    const [[key, argument] = ["", undefined], ...others] = Object.entries(value);
    if (others.length === 0) {
      const known = intrinsic(key, argument);
      if (known !== undefined) return known;
    }
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, inner]) => [name, resolve(inner)] as const)
        .filter(([, inner]) => inner !== NOTHING),
    );
  };
  const intrinsic = (key: string, argument: unknown): unknown => {
    const list = argument as unknown[];
    switch (key) {
      case "Ref":
        return argument === "AWS::NoValue" ? NOTHING : given(argument as string);
      case "Fn::GetAtt":
        return `${list[0] as string}.${list[1] as string}`;
      case "Fn::Sub":
        return (argument as string).replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => String(given(name)));
      case "Fn::Join":
        return [resolve(list[1])].flat().join(list[0] as string);
      case "Fn::Equals":
        return resolve(list[0]) === resolve(list[1]);
      case "Fn::Not":
        return resolve(list[0]) !== true;
      case "Fn::Or":
        return list.some((one) => resolve(one) === true);
      case "Condition":
        return typeof argument === "string" ? holds(argument) : undefined;
      case "Fn::If":
        return resolve(holds(list[0] as string) ? list[1] : list[2]);
      default:
        return undefined;
    }
  };
  const resources = new Map<string, Resource>();
  for (const [name, resource] of Object.entries(template.Resources))
    if (resource.Condition === undefined || holds(resource.Condition))
      resources.set(name, {
        ...resource,
        Properties: resolve(resource.Properties) as Resource["Properties"],
      });
  return { resources };
}

export function ofType(stack: Stack, type: string): ReadonlyMap<string, Resource> {
  return new Map([...stack.resources].filter(([, resource]) => resource.Type === type));
}

export function properties(stack: Stack, name: string): Resource["Properties"] {
  const resource = stack.resources.get(name);
  if (resource === undefined) throw new Error(`the stack has no ${name}`);
  return resource.Properties;
}
