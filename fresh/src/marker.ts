/**
 * Reads the comments that mark islands and slots in the HTML.
 * @module
 */

/** The numbers of an island and of its properties, or `null` for any other node. */
export function islandMarker(node: Node): { component: number; props: number } | null {
  const match = isComment(node) ? /^fresh:island:(\d+):(\d+)$/.exec(node.data) : null;
  return match === null ? null : { component: Number(match[1]), props: Number(match[2]) };
}

/** The number of a slot, or `null` for any other node. */
export function slotMarker(node: Node): number | null {
  const match = isComment(node) ? /^fresh:slot:(\d+)$/.exec(node.data) : null;
  return match === null ? null : Number(match[1]);
}

/** Whether a node is any marker, of a start or an end. */
export function isMarker(node: Node): boolean {
  return isComment(node) && /^\/?fresh:/.test(node.data);
}

/** The sibling that ends what a marker starts, or `null` where the browser moved it elsewhere. */
export function endOf(start: Node, kind: "island" | "slot"): Comment | null {
  let depth = 0;
  for (let node: Node | null = start; node !== null; node = node.nextSibling) {
    if (!isComment(node)) continue;
    if (node.data.startsWith(`fresh:${kind}:`)) depth++;
    if (node.data === `/fresh:${kind}` && --depth === 0) return node;
  }
  return null;
}

function isComment(node: Node): node is Comment {
  return node.nodeType === Node.COMMENT_NODE;
}
