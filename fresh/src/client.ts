/**
 * The browser's side: finds the islands a page was rendered with and brings them to life.
 *
 * It reads the document that is there and builds nothing from text, so it works under
 * `require-trusted-types-for 'script'`.
 * @module
 */
import { type ComponentType, render } from "preact";
import { installAssetHook } from "./asset.ts";
import { decode } from "./decode.ts";
import { islandVNode, removeMarkers } from "./dom_to_vnode.ts";
import { endOf, islandMarker } from "./marker.ts";

installAssetHook();

/**
 * Hydrates every island of the page.
 *
 * @param components the islands the page's markers count
 * @param table the islands' properties, as `encode.ts` wrote them
 */
export function boot(components: readonly ComponentType[], table: readonly unknown[]): void {
  const props = decode(table) as Record<string, unknown>[];
  for (const start of outermostIslands()) {
    try {
      hydrate(start, components, props);
    } catch (error) {
      // One island's fault is not to stop the others.
      reportError(error);
    }
  }
}

function outermostIslands(): Comment[] {
  const found: Comment[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_COMMENT);
  let depth = 0;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (islandMarker(node) !== null && depth++ === 0) {
      found.push(node as Comment);
    }
    if (node.nodeValue === "/fresh:island") depth--;
  }
  return found;
}

function hydrate(
  start: Comment,
  components: readonly ComponentType[],
  props: readonly Record<string, unknown>[],
): void {
  const end = endOf(start, "island");
  const parent = start.parentNode;
  if (end === null || parent === null) {
    throw new Error("An island's end is not beside its start: check how its HTML is nested");
  }
  const vnode = islandVNode(start, end, { components, props });
  removeMarkers(start, end);
  // preact looks past comments for a node's neighbour; an empty text keeps it inside the island.
  const [first, last] = [new Text(), new Text()];
  start.replaceWith(first);
  end.replaceWith(last);
  render(vnode, between(parent, first, last));
}

/** An element to preact, whose children are those between two nodes of a real one. */
function between(parent: ParentNode, first: Text, last: Text): Element {
  const fragment = {
    nodeType: Node.ELEMENT_NODE,
    parentNode: parent,
    nextSibling: null,
    namespaceURI: (parent as Element).namespaceURI,
    get childNodes(): Node[] {
      const nodes: Node[] = [];
      for (
        let node = first.nextSibling;
        node !== null && node !== last;
        node = node.nextSibling
      ) {
        nodes.push(node);
      }
      return nodes;
    },
    get firstChild(): Node | null {
      return fragment.childNodes[0] ?? null;
    },
    contains: (node: Node | null): boolean =>
      fragment.childNodes.some((child) => child.contains(node)),
    insertBefore: (node: Node, before: Node | null) => parent.insertBefore(node, before ?? last),
    appendChild: (node: Node) => parent.insertBefore(node, last),
    removeChild: (node: Node) => parent.removeChild(node),
  };
  return fragment as unknown as Element;
}
