/**
 * IPv4 addresses compared by value. A text form is canonical (dotted decimal, no leading zeros), so that two
 * canonical addresses are equal exactly when they are the same address.
 */
declare const canonical: unique symbol;

/** A canonical IPv4 address, e.g. `10.0.3.17`. */
export type Address = string & { readonly [canonical]: "address" };

/** A canonical /28, e.g. `10.0.3.16/28`: what EC2 delegates to an interface as an IPv4 prefix. */
export type Prefix = string & { readonly [canonical]: "prefix" };

const CANONICAL = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/;
const OCTET = /^[0-9]{1,3}$/;
const MAPPED = /^::ffff:(?:0{1,4}:)?([0-9]{1,3}(?:\.[0-9]{1,3}){3})$/i;
const MAPPED_HEX = /^(?:::|(?:0{1,4}:){5})ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i;
const PREFIX_LENGTH = 28;
const PREFIX_MEMBERS = 2 ** (32 - PREFIX_LENGTH);

/**
 * The IPv4 address that a text means, or undefined where it means none.
 *
 * Leading zeros are read as decimal, as Kubernetes reads them (`k8s.io/utils/net` ParseIPSloppy, kept for objects
 * stored before Go 1.17). An IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2) is the IPv4 address in it.
 */
export function parseAddress(text: string): Address | undefined {
  if (CANONICAL.test(text)) return text as Address;
  const value = addressValue(text);
  return value === undefined ? undefined : addressOf(value);
}

/** The 32-bit value of an address's text, or undefined where the text is not an IPv4 address. */
export function addressValue(text: string): number | undefined {
  const trimmed = text.trim();
  const mapped = MAPPED.exec(trimmed)?.[1];
  const hex = mapped === undefined ? MAPPED_HEX.exec(trimmed) : null;
  if (hex) return Number.parseInt(hex[1] as string, 16) * 65_536 + Number.parseInt(hex[2] as string, 16);
  const octets = (mapped ?? trimmed).split(".");
  if (octets.length !== 4) return undefined;
  let value = 0;
  for (const octet of octets) {
    if (!OCTET.test(octet) || Number(octet) > 255) return undefined;
    value = value * 256 + Number(octet);
  }
  return value;
}

/** The canonical address of a 32-bit value. */
export function addressOf(value: number): Address {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".") as Address;
}

/** Orders addresses by value. */
export function compareAddresses(a: Address, b: Address): number {
  return (addressValue(a) ?? 0) - (addressValue(b) ?? 0);
}

/**
 * The /28 that a text means, or undefined. EC2 delegates IPv4 prefixes of /28 only
 * (EC2 User Guide, "Prefix delegation for Amazon EC2 network interfaces").
 */
export function parsePrefix(text: string): Prefix | undefined {
  const [base, length, ...rest] = text.trim().split("/");
  if (rest.length > 0 || base === undefined || length !== String(PREFIX_LENGTH)) return undefined;
  const value = addressValue(base);
  if (value === undefined || value % PREFIX_MEMBERS !== 0) return undefined;
  return `${addressOf(value)}/${PREFIX_LENGTH}` as Prefix;
}

/** The sixteen addresses of a /28, in order. */
export function prefixMembers(prefix: Prefix): readonly Address[] {
  const base = addressValue(prefix.slice(0, prefix.indexOf("/"))) ?? 0;
  return Array.from({ length: PREFIX_MEMBERS }, (_, offset) => addressOf(base + offset));
}
