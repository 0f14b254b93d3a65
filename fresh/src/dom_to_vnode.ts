/**
 * Reads server-rendered JSX back from the document, so that islands can render it again.
 * @module
 */
import { type ComponentChild, type ComponentType, Fragment, h, type VNode } from "preact";
import { Slot } from "./decode.ts";
import { endOf, islandMarker, isMarker, slotMarker } from "./marker.ts";

/** What a page's markers refer to by number. */
export interface Islands {
  readonly components: readonly ComponentType[];
  readonly props: readonly Record<string, unknown>[];
}

/** Siblings, from one node up to but not including another. */
interface Range {
  readonly from: Node | null;
  readonly to: Node | null;
}

/**
 * The element of the island between two markers, with the JSX it was given.
 *
 * @throws {Error} when the markers name no island of this page
 */
export function islandVNode(start: Node, end: Node, islands: Islands): VNode {
  const marker = islandMarker(start);
  const component = marker && islands.components[marker.component];
  const sent = marker && islands.props[marker.props];
  if (!component || !sent) {
    throw new Error("The page has an island it did not load");
  }

  const slots = new Map<number, Range>();
  findSlots({ from: start.nextSibling, to: end }, slots);
  const props = { ...sent };
  for (const [name, value] of Object.entries(props)) {
    if (value instanceof Slot) {
      props[name] = slotVNode(value.id, slots, islands);
    }
  }
  return h(component, props);
}

function slotVNode(id: number, slots: ReadonlyMap<number, Range>, islands: Islands): VNode {
  // What the island did not show on the server waits in a template.
  const template = document.getElementById(`fresh-slot-${id}`) as
    | HTMLTemplateElement
    | null;
  const range = slots.get(id) ??
    { from: template?.content.firstChild ?? null, to: null };
  return h(Fragment, null, childrenOf(range, islands));
}

function* nodes({ from, to }: Range): Generator<Node> {
  for (let node = from; node !== null && node !== to; node = node.nextSibling) {
    yield node;
  }
}

function findSlots(range: Range, slots: Map<number, Range>): void {
  let inside: Node | null = null;
  for (const node of nodes(range)) {
    if (inside !== null) {
      if (node === inside) inside = null;
      continue;
    }
    const id = slotMarker(node);
    if (id === null) {
      findSlots({ from: node.firstChild, to: null }, slots);
      continue;
    }
    inside = endOf(node, "slot");
    slots.set(id, { from: node.nextSibling, to: inside });
  }
}

function childrenOf(range: Range, islands: Islands): ComponentChild[] {
  const children: ComponentChild[] = [];
  let inside: Node | null = null;
  for (const node of nodes(range)) {
    if (inside !== null) {
      if (node === inside) inside = null;
    } else if (node instanceof Element) {
      children.push(elementVNode(node, islands));
    } else if (node instanceof Text) {
      children.push(node.data);
    } else if (islandMarker(node) !== null) {
      inside = endOf(node, "island");
      if (inside !== null) children.push(islandVNode(node, inside, islands));
    }
  }
  return children;
}

function elementVNode(element: Element, islands: Islands): VNode {
  const props: Record<string, unknown> = {};
  for (const { nodeName, nodeValue } of element.attributes) {
    // A boolean attribute is true by being there; preact sets the property of the same name.
    const isBoolean = typeof element[nodeName as keyof Element] === "boolean";
    props[nodeName] = isBoolean ? true : nodeValue;
  }
  const children = childrenOf({ from: element.firstChild, to: null }, islands);
  return h(element.localName, props, children) as VNode;
}

/** Removes every marker between two of them: preact would move its nodes around them. */
export function removeMarkers(start: Node, end: Node): void {
  const walker = document.createTreeWalker(
    start.parentNode ?? document.body,
    NodeFilter.SHOW_COMMENT,
  );
  walker.currentNode = start;
  const markers: ChildNode[] = [];
  for (
    let node = walker.nextNode();
    node !== null && node !== end;
    node = walker.nextNode()
  ) {
    if (isMarker(node)) markers.push(node as ChildNode);
  }
  for (const marker of markers) marker.remove();
}
