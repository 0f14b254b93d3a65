/**
 * Marks islands in the HTML, so that the browser finds them with their properties.
 * @module
 */
import {
  type ComponentChildren,
  type ComponentType,
  createContext,
  Fragment,
  h,
  isValidElement,
  type VNode,
} from "preact";
import { useContext } from "preact/hooks";
import { Signal } from "@preact/signals";
import { raw, rendering } from "./rendering.ts";

/** True below an island: what it renders itself belongs to it and is no island of its own. */
const InsideIsland = createContext(false);

/** Elements of islands that are to be rendered as plain components. */
const PLAIN = new WeakSet<VNode>();

const FRAMES = new WeakMap<ComponentType, ComponentType>();

/** Stands in an island's properties for JSX that was rendered on the server. */
export class SlotRef {
  constructor(readonly id: number) {}
}

/** The component that renders an island between its markers, or `null` where none is needed. */
export function islandFrame(vnode: VNode): ComponentType | null {
  const component = vnode.type as ComponentType;
  if (PLAIN.has(vnode) || !rendering.current?.registry.has(component)) {
    return null;
  }
  let frame = FRAMES.get(component);
  if (frame === undefined) {
    frame = (props) => h(Frame, { component, props });
    FRAMES.set(component, frame);
  }
  return frame;
}

function Frame(
  { component, props }: {
    component: ComponentType;
    props: Record<string, unknown>;
  },
): VNode {
  const island = rendering.current?.registry.get(component);
  const inside = useContext(InsideIsland);
  if (rendering.current === null || island === undefined || inside) {
    return plain(component, props);
  }

  const { islands, props: all } = rendering.current;
  const [sent, shown] = withSlots(props);
  islands.add(island);
  all.push(sent);
  return marked(
    `island:${[...islands].indexOf(island)}:${all.length - 1}`,
    h(InsideIsland.Provider, { value: true }, plain(component, shown)),
  );
}

function plain(component: ComponentType, props: Record<string, unknown>): VNode {
  const vnode = h(component, props) as VNode;
  PLAIN.add(vnode);
  return vnode;
}

/** Splits properties into what is sent to the browser and what is rendered here. */
function withSlots(
  props: Record<string, unknown>,
): [sent: Record<string, unknown>, shown: Record<string, unknown>] {
  const sent = { ...props };
  const shown = { ...props };
  for (const [name, value] of Object.entries(props)) {
    const isJsx = !(value instanceof Signal) && isValidElement(value);
    const isContent = name === "children" && value != null &&
      typeof value !== "function";
    if (!isJsx && !isContent) continue;
    const slots = rendering.current?.slots ?? [];
    const id = slots.push(h(Fragment, null, value as ComponentChildren)) - 1;
    sent[name] = new SlotRef(id);
    shown[name] = h(Slot, { id, children: value as ComponentChildren });
  }
  return [sent, shown];
}

/** JSX from the server inside an island; islands in it are islands again. */
function Slot({ id, children }: { id: number; children?: ComponentChildren }): VNode {
  if (rendering.current !== null) rendering.current.slots[id] = null;
  return marked(`slot:${id}`, h(InsideIsland.Provider, { value: false }, children));
}

function marked(name: string, content: ComponentChildren): VNode {
  const kind = name.slice(0, name.indexOf(":"));
  return h(Fragment, null, raw(`<!--fresh:${name}-->`), content, raw(`<!--/fresh:${kind}-->`));
}

/**
 * Slots an island did not render yet, as templates the browser can take them from. Rendering them
 * can bring up further ones, so it goes on until none is left.
 */
export function PendingSlots(): VNode | null {
  const slots = rendering.current?.slots ?? [];
  const pending = slots.flatMap((content, id) => content === null ? [] : [{ id, content }]);
  if (pending.length === 0) return null;
  return h(
    Fragment,
    null,
    pending.map(({ id, content }) => {
      slots[id] = null;
      return h("template", { id: `fresh-slot-${id}` }, content);
    }),
    h(PendingSlots, null),
  );
}
