import type { VNode } from "preact";

/** An island beside the routes that use it. */
export default function Local(): VNode {
  return <p class="local">local</p>;
}
