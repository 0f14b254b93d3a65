/** Which of several addresses a datagram is sent to, where no answer tells the better one. @module */
import { classifyAddress } from "./address_space.ts";
import { type IpFamily, parseIpAddress } from "./ip_address.ts";

/**
 * The first address of a family that this machine has an address beyond itself in; the first of all when there is none.
 *
 * @param addresses Canonical, at least one.
 * @param ownAddresses The machine's own, canonical.
 * @param families Those that the socket can send in; both when absent.
 * @returns An empty text when none is of those families.
 */
export function reachableAddress(
  addresses: readonly string[],
  ownAddresses: ReadonlySet<string>,
  families: readonly IpFamily[] = [4, 6],
): string {
  const sendable = addresses.filter((address) => {
    const parsed = parseIpAddress(address);
    return parsed !== null && families.includes(parsed.family);
  });
  const own = new Set(
    [...ownAddresses].filter(leadsOut).map((text) => parseIpAddress(text)?.family),
  );
  return sendable.find((address) => own.has(parseIpAddress(address)?.family)) ?? sendable[0] ?? "";
}

function leadsOut(ownAddress: string): boolean {
  const { class: kind, space } = classifyAddress(ownAddress);
  return kind !== "link-local" && (space === "public" || space === "local");
}
