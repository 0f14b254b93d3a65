/**
 * The component that puts elements into the document's head, from anywhere on the page.
 * @module
 */
import { type ComponentChildren, Fragment, toChildArray, type VNode } from "preact";
import { useEffect } from "preact/hooks";

/** Properties of {@link Head}. */
export interface HeadProps {
  children?: ComponentChildren;
}

/** Takes head elements while the server renders a document; unset in a browser. */
export const headSink: { put: ((element: VNode) => void) | null } = { put: null };

/**
 * Adds elements to the document's head. An element with the same `key`, `id`, meta `name` or link
 * `rel` is replaced, and so is the title. In an island it follows the island's state.
 *
 * @see https://fresh.deno.dev/docs/advanced/head
 * @throws {Error} when given anything but elements
 */
export function Head(props: HeadProps): null {
  const elements = elementsOf(props.children);
  if (headSink.put !== null) elements.forEach(headSink.put);
  useEffect(() => elements.forEach(applyToDocument));
  return null;
}

function elementsOf(children: ComponentChildren): VNode<Record<string, unknown>>[] {
  return toChildArray(children).flatMap((child) => {
    if (typeof child === "object" && child.type === Fragment) {
      return elementsOf((child.props as HeadProps).children);
    }
    if (typeof child === "object" && typeof child.type === "string") {
      return [child as VNode<Record<string, unknown>>];
    }
    throw new Error("<Head> takes elements only");
  });
}

function applyToDocument({ type, key, props }: VNode<Record<string, unknown>>): void {
  const text = textOf(props["children"] as ComponentChildren);
  if (type === "title") {
    document.title = text;
    return;
  }
  let element = existing(String(type), key, props);
  if (element === null) {
    element = document.createElement(String(type));
    document.head.append(element);
  }
  if (element.textContent !== text) element.textContent = text;
  for (const [name, value] of Object.entries({ ...props, "data-key": key })) {
    if (name === "children") continue;
    if (value == null || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

function existing(type: string, key: unknown, props: Record<string, unknown>): Element | null {
  const { id, name, rel } = props;
  const by = (attribute: string, value: unknown) =>
    value == null
      ? null
      : [...document.head.querySelectorAll(type)].find((element) =>
        element.getAttribute(attribute) === String(value)
      ) ?? null;
  return by("data-key", key) ?? by("id", id) ??
    (type === "meta" ? by("name", name) : type === "link" ? by("rel", rel) : null);
}

function textOf(children: ComponentChildren): string {
  return toChildArray(children).map((child) =>
    typeof child === "object" ? String((child as { value?: unknown }).value ?? "") : String(child)
  ).join("");
}
