/** What policy calls intranet: names, and blocks of addresses, that may be private although a name leads there. @module */
import { BlockIndex } from "./block_index.ts";
import {
  addressBits,
  blockAround,
  formatIpAddress,
  type IpAddress,
  parseBlock,
} from "./ip_address.ts";
import type { Policy } from "./policy.ts";
import { parseTarget, type Target } from "./target.ts";

interface Intranet {
  readonly suffixes: ReadonlySet<string>;
  readonly blocks: BlockIndex<true>;
}

// A policy is replaced whole, never edited, so its intranet is read once.
const readIntranets = new WeakMap<readonly string[], Intranet>();

function intranetOf({ intranet }: Policy): Intranet {
  let read = readIntranets.get(intranet);
  if (!read) {
    const blocks = new BlockIndex<true>();
    for (const text of intranet) if (text.includes("/")) blocks.at(parseBlock(text), () => true);
    read = { suffixes: new Set(intranet.filter((text) => !text.includes("/"))), blocks };
    readIntranets.set(intranet, read);
  }
  return read;
}

/** Whether policy calls this target's name intranet, so that it may have local addresses. */
export function isIntranet(policy: Policy, { host }: Target): boolean {
  if (policy.intranet.length === 0) return false;
  if (host.kind !== "name" && host.kind !== "wildcard") return false;
  const { suffixes } = intranetOf(policy);
  if (suffixes.has(host.name)) return true;
  for (let dot = host.name.indexOf("."); dot >= 0; dot = host.name.indexOf(".", dot + 1)) {
    if (suffixes.has(host.name.slice(dot + 1))) return true;
  }
  return false;
}

/** Whether policy calls this address intranet, so that any name may lead to it. */
export function isIntranetAddress(policy: Policy, address: IpAddress): boolean {
  if (policy.intranet.length === 0) return false;
  let found = false;
  const one = blockAround(address, addressBits[address.family]);
  intranetOf(policy).blocks.visitAround(one, () => {
    found = true;
  });
  return found;
}

/** What an entry of the list means, in canonical form (`corp.example`, `10.0.0.0/8`, `fd00::/8`), or why it means nothing. */
export function intranetEntry(text: string): { canonical: string } | { fault: string } {
  try {
    const bare = /^[0-9a-f:.]*:[0-9a-f:.]*(?=\/|$)/i.exec(text)?.[0] ?? "";
    const { host } = parseTarget(`${bare ? `[${bare}]` : ""}${text.slice(bare.length)}:1`);
    switch (host.kind) {
      case "name":
        return { canonical: host.name };
      case "block": {
        const { family, first, prefixLength } = host.block;
        return { canonical: `${formatIpAddress({ family, value: first })}/${prefixLength}` };
      }
      case "wildcard":
        return { fault: `Write ${host.name}; it stands for all below it too.` };
      case "any":
        return { fault: "Name the names or the blocks of addresses; not everything is intranet." };
    }
  } catch (fault) {
    return { fault: fault instanceof Error ? fault.message : "Is neither a name nor a block." };
  }
}
