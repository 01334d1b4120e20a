import { type Address, type Prefix, parseAddress, parsePrefix } from "../../domain/address.ts";
import type { Attachment, NetworkInterface } from "../../domain/evidence.ts";

export type ReadInterface =
  | { readonly readable: true; readonly object: NetworkInterface }
  /** `path` names the place within the interface, e.g. `PrivateIpAddresses[2].PrivateIpAddress`. */
  | { readonly readable: false; readonly id?: string; readonly path: string; readonly why: string };

/**
 * The interface that one element of `NetworkInterfaces` describes: in the SDK's answer, or in what
 * `aws ec2 describe-network-interfaces --output json` prints (EC2 API reference, NetworkInterface). Fields left out are
 * undefined; a field of another type than documented makes the interface unreadable, for a guess here could end as a release.
 */
export function readInterface(raw: unknown): ReadInterface {
  try {
    return { readable: true, object: interfaceFrom(fieldsOf(raw, "")) };
  } catch (cause) {
    if (!(cause instanceof Unreadable)) throw cause;
    const id =
      isFields(raw) && typeof raw["NetworkInterfaceId"] === "string" ? raw["NetworkInterfaceId"] : "";
    return { readable: false, ...(id === "" ? {} : { id }), path: cause.path, why: cause.message };
  }
}

function interfaceFrom(raw: Fields): NetworkInterface {
  const id = text(raw, "NetworkInterfaceId");
  if (id === undefined || id === "") throw new Unreadable("NetworkInterfaceId", "is missing");
  const operator = raw["Operator"] == null ? undefined : fieldsOf(raw["Operator"], "Operator");
  return known<NetworkInterface>({
    id,
    ownerID: text(raw, "OwnerId"),
    subnetID: text(raw, "SubnetId"),
    vpcID: text(raw, "VpcId"),
    availabilityZone: text(raw, "AvailabilityZone"),
    description: text(raw, "Description"),
    type: text(raw, "InterfaceType"),
    requesterID: text(raw, "RequesterId"),
    requesterManaged: flag(raw, "RequesterManaged"),
    operatorManaged: operator && flag(operator, "Managed", "Operator."),
    status: text(raw, "Status"),
    attachment: attachmentFrom(raw["Attachment"]),
    ...addressesFrom(raw),
    prefixes: prefixesFrom(raw),
    tags: tagsFrom(raw),
  });
}

function attachmentFrom(raw: unknown): Attachment | undefined {
  if (raw == null) return undefined;
  const at = "Attachment.";
  const fields = fieldsOf(raw, "Attachment");
  return known<Attachment>({
    id: text(fields, "AttachmentId", at),
    instanceID: text(fields, "InstanceId", at),
    instanceOwnerID: text(fields, "InstanceOwnerId", at),
    deviceIndex: number(fields, "DeviceIndex", at),
    status: text(fields, "Status", at),
    deleteOnTermination: flag(fields, "DeleteOnTermination", at),
  });
}

/**
 * Which address is the primary must be certain, for a primary is never released: it is the one at the top, or the one
 * that says Primary; where the two disagree, or nothing tells, the interface is unreadable.
 */
function addressesFrom(raw: Fields): { primary: Address | undefined; addresses: Address[] } {
  const top = text(raw, "PrivateIpAddress");
  let primary = top === undefined ? undefined : address(top, "PrivateIpAddress");
  const all = new Set<Address>();
  for (const [index, entry] of list(raw, "PrivateIpAddresses").entries()) {
    const path = `PrivateIpAddresses[${index}]`;
    const fields = fieldsOf(entry, path);
    const one = address(text(fields, "PrivateIpAddress", `${path}.`), `${path}.PrivateIpAddress`);
    all.add(one);
    if (flag(fields, "Primary", `${path}.`) !== true) continue;
    if (primary !== undefined && primary !== one)
      throw new Unreadable(`${path}.Primary`, `is true, yet ${primary} is said to be the primary too`);
    primary = one;
  }
  if (primary === undefined && all.size > 0)
    throw new Unreadable("PrivateIpAddresses", "has addresses, and nothing tells which is the primary");
  return { primary, addresses: [...all].filter((one) => one !== primary) };
}

function prefixesFrom(raw: Fields): Prefix[] {
  return list(raw, "Ipv4Prefixes").map((entry, index) => {
    const at = `Ipv4Prefixes[${index}]`;
    const given = text(fieldsOf(entry, at), "Ipv4Prefix", `${at}.`);
    const prefix = given === undefined ? undefined : parsePrefix(given);
    if (prefix === undefined) throw new Unreadable(`${at}.Ipv4Prefix`, `${shown(given)} is no IPv4 /28`);
    return prefix;
  });
}

/** `TagSet`, or `Tags` as other EC2 resources call it; with both, all of them: a tag can only keep. */
function tagsFrom(raw: Fields): Record<string, string> | undefined {
  let tags: Map<string, string> | undefined;
  for (const name of ["Tags", "TagSet"]) {
    const given = raw[name];
    if (given == null) continue;
    tags ??= new Map();
    if (isFields(given))
      for (const key of Object.keys(given)) tags.set(key, text(given, key, `${name}.`) ?? "");
    else
      for (const [index, entry] of list(raw, name).entries()) {
        const at = `${name}[${index}]`;
        const fields = fieldsOf(entry, at);
        const key = text(fields, "Key", `${at}.`) ?? text(fields, "key", `${at}.`);
        if (key === undefined) throw new Unreadable(`${at}.Key`, "is missing");
        tags.set(key, text(fields, "Value", `${at}.`) ?? text(fields, "value", `${at}.`) ?? "");
      }
  }
  return tags && Object.fromEntries(tags);
}

type Fields = Readonly<Record<string, unknown>>;

class Unreadable extends Error {
  readonly path: string;
  constructor(path: string, why: string) {
    super(why);
    this.path = path;
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function fieldsOf(value: unknown, path: string): Fields {
  if (!isFields(value)) throw new Unreadable(path, `${shown(value)} is no object`);
  return value;
}

function list(fields: Fields, key: string): readonly unknown[] {
  const value = fields[key] ?? [];
  if (!Array.isArray(value)) throw new Unreadable(key, `${shown(value)} is no list`);
  return value as readonly unknown[];
}

function text(fields: Fields, key: string, at = ""): string | undefined {
  const value = fields[key] ?? undefined;
  if (value !== undefined && typeof value !== "string")
    throw new Unreadable(at + key, `${shown(value)} is no text`);
  return value;
}

function flag(fields: Fields, key: string, at = ""): boolean | undefined {
  const value = fields[key] ?? undefined;
  if (value !== undefined && typeof value !== "boolean")
    throw new Unreadable(at + key, `${shown(value)} is neither true nor false`);
  return value;
}

function number(fields: Fields, key: string, at: string): number | undefined {
  const value = fields[key] ?? undefined;
  if (value !== undefined && typeof value !== "number")
    throw new Unreadable(at + key, `${shown(value)} is no number`);
  return value;
}

function address(given: string | undefined, path: string): Address {
  if (given === undefined) throw new Unreadable(path, "is missing");
  const parsed = parseAddress(given);
  if (parsed === undefined) throw new Unreadable(path, `${shown(given)} is no IPv4 address`);
  return parsed;
}

const SHOWN_CHARACTERS = 60;

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, SHOWN_CHARACTERS);
}

/** The object without the fields that are undefined: absent, as `exactOptionalPropertyTypes` wants them. */
function known<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
