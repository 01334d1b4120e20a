import { isIPv6 } from "node:net";
import { type Address, parseAddress } from "../../domain/address.ts";

/**
 * What an IP text of a Pod's status means: an IPv4 address (also written as an IPv4-mapped one), nothing of ours (IPv6), or
 * nothing at all, which is not the same.
 */
export function addressFrom(
  text: string,
): { readonly known: true; readonly address?: Address } | { readonly known: false } {
  const address = parseAddress(text) ?? mappedAddress(text.trim());
  if (address !== undefined) return { known: true, address };
  return { known: isIPv6(text.trim()) };
}

/** Any spelling of an IPv4-mapped address, brought into the one that a URL has (WHATWG URL, "IPv6 serializer") (H03). */
function mappedAddress(text: string): Address | undefined {
  if (!isIPv6(text) || text.includes("%")) return undefined;
  return parseAddress(new URL(`http://[${text}]`).hostname.slice(1, -1));
}
