/**
 * Completes elements while a document renders: nonces, the head, islands and the boot script.
 * @module
 */
import { type ComponentType, Fragment, h, options, type VNode } from "preact";
import { markActiveLink } from "./active_link.ts";
import { islandFrame } from "./island.ts";
import { type Rendering, rendering } from "./rendering.ts";

type Props = Record<string, unknown>;

const HEAD_ELEMENTS = new Set([
  "title",
  "meta",
  "link",
  "script",
  "style",
  "base",
  "noscript",
  "template",
]);

/** What elements were before this render changed them; one may be a constant and render again. */
const ORIGINALS = new WeakMap<VNode, { type: VNode["type"]; props: Props }>();

/**
 * Makes preact ask here before it renders an element.
 *
 * @param BodyEnd rendered at the end of `<body>`
 */
export function installDocumentHook(BodyEnd: ComponentType): void {
  // `__b` is how preact's published build names the hook that runs before an element is rendered.
  const hooks: typeof options & { __b?: (vnode: VNode) => void } = options;
  const previous = hooks.__b;
  hooks.__b = (vnode) => {
    if (rendering.current !== null) complete(vnode, rendering.current, BodyEnd);
    previous?.(vnode);
  };
}

function complete(vnode: VNode, document: Rendering, BodyEnd: ComponentType): void {
  const original = ORIGINALS.get(vnode);
  if (original !== undefined) Object.assign(vnode, original);
  const props = vnode.props as Props;

  if (typeof vnode.type === "function") {
    const frame = islandFrame(vnode);
    if (frame !== null) change(vnode, frame, props);
    return;
  }
  switch (vnode.type) {
    case "html":
      document.seen.add("html");
      return;
    case "head":
      document.seen.add("head");
      document.inHead = true;
      change(vnode, "head", { ...props, children: [props["children"], h(HeadEnd, null)] });
      return;
    case "body":
      document.seen.add("body");
      change(vnode, "body", { ...props, children: [props["children"], h(BodyEnd, null)] });
      return;
    case "a":
      change(vnode, "a", markActiveLink(props, document.url));
      return;
  }
  if (HEAD_ELEMENTS.has(vnode.type)) completeHeadElement(vnode, document);
}

function completeHeadElement(vnode: VNode, document: Rendering): void {
  const key = headKey(vnode);
  const replacement = document.inHead ? document.head.get(key) : undefined;
  if (replacement !== undefined) document.head.delete(key);
  const { type, key: name, props } = replacement ?? vnode;
  const isInline = type === "script" || type === "style";
  change(vnode, type, {
    ...(isInline && { nonce: document.nonce }),
    ...props,
    ...(document.inHead && name != null && { "data-key": name }),
  });
}

function change(vnode: VNode, type: VNode["type"], props: Props): void {
  if (!ORIGINALS.has(vnode)) {
    ORIGINALS.set(vnode, { type: vnode.type, props: vnode.props as Props });
  }
  Object.assign(vnode, { type, props });
}

/**
 * What makes two head elements the same one: their key, being titles, or the same attributes, apart
 * from a meta's `content` and a link's `href`.
 */
export function headKey({ type, key, props }: VNode): string {
  if (key != null) return `key ${key}`;
  if (type === "title") return "title";
  const ignored = [
    "children",
    "nonce",
    type === "meta" ? "content" : "",
    type === "link" ? "href" : "",
  ];
  const attributes = Object.entries(props).filter(([name]) => !ignored.includes(name)).sort();
  return JSON.stringify([type, attributes]);
}

/** What `<Head>` asked for and took no element's place, and the end of `<head>`. */
function HeadEnd(): VNode {
  const left = [...rendering.current?.head.values() ?? []];
  rendering.current?.head.clear();
  return h(Fragment, null, left, h(HeadClosed, null));
}

function HeadClosed(): null {
  if (rendering.current !== null) rendering.current.inHead = false;
  return null;
}
