/** Blocks of addresses, sorted so that those around an address are found without looking at the others. @module */
import { type AddressBlock, blockContains, blockHolds, type IpAddress } from "./ip_address.ts";

interface Node<Value> {
  readonly block: AddressBlock;
  readonly value: Value;
  /** The smallest other block around this one. */
  parent: Node<Value> | null;
}

/**
 * Values by block. Two blocks of a family are apart or one holds the other, so sorted by first address and then by width,
 * all blocks around an address are ancestors of the last one that begins at or before it.
 */
export class BlockIndex<Value> {
  readonly #nodes: Record<4 | 6, Map<string, Node<Value>>> = { 4: new Map(), 6: new Map() };
  #sorted: Record<4 | 6, readonly Node<Value>[]> | null = null;

  /** The value of exactly this block, made where there is none yet. */
  at(block: AddressBlock, make: () => Value): Value {
    const key = `${block.first}/${block.prefixLength}`;
    const nodes = this.#nodes[block.family];
    let node = nodes.get(key);
    if (!node) {
      nodes.set(key, node = { block, value: make(), parent: null });
      this.#sorted = null;
    }
    return node.value;
  }

  /** Calls `visit` with the value of every block that holds all of `inner`. */
  visitAround(inner: AddressBlock, visit: (value: Value) => void): void {
    for (let node = this.#lastUpTo(inner.family, inner.first); node; node = node.parent) {
      if (blockContains(node.block, inner)) visit(node.value);
    }
  }

  /** The value of the smallest block that holds the address. */
  smallestAround(address: IpAddress): Value | undefined {
    for (let node = this.#lastUpTo(address.family, address.value); node; node = node.parent) {
      if (blockHolds(node.block, address)) return node.value;
    }
    return undefined;
  }

  /** The last block, in the order of the sort, that begins at or before an address. */
  #lastUpTo(family: 4 | 6, first: bigint): Node<Value> | null {
    const nodes = (this.#sorted ??= this.#sort())[family];
    let low = 0;
    let high = nodes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (nodes[middle]!.block.first <= first) low = middle + 1;
      else high = middle;
    }
    return nodes[low - 1] ?? null;
  }

  #sort(): Record<4 | 6, readonly Node<Value>[]> {
    return { 4: nested(this.#nodes[4].values()), 6: nested(this.#nodes[6].values()) };
  }
}

function nested<Value>(nodes: Iterable<Node<Value>>): Node<Value>[] {
  const sorted = [...nodes].sort(({ block: a }, { block: b }) => {
    if (a.first !== b.first) return a.first < b.first ? -1 : 1;
    return a.prefixLength - b.prefixLength;
  });
  let before: Node<Value> | null = null;
  for (const node of sorted) {
    while (before !== null && !blockContains(before.block, node.block)) before = before.parent;
    node.parent = before;
    before = node;
  }
  return sorted;
}
