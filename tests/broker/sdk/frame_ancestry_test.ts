/** What the SDK sees of the pages around its own. @module */
import assert from "node:assert/strict";
import { frameAncestry, type FramedWindow } from "../../../broker/sdk/frame_ancestry.ts";

type MutableWindow = { parent: FramedWindow | null; location: FramedWindow["location"] };

/** Windows from the outermost to the innermost; the outermost is its own parent, as in a browser. */
function nested(...locations: FramedWindow["location"][]): FramedWindow {
  let parent: FramedWindow | null = null;
  for (const location of locations) {
    const window: MutableWindow = { parent, location };
    window.parent ??= window;
    parent = window;
  }
  assert.ok(parent);
  return parent;
}

/** The location of another site's window: reading it throws. */
const foreign = {
  get origin(): string {
    throw new DOMException("Blocked a frame from accessing a cross-origin frame.", "SecurityError");
  },
};

Deno.test("a tab of its own has no pages around it, nor has a worker", () => {
  assert.equal(frameAncestry(nested({ origin: "https://mail.example.com" })), null);
  assert.equal(frameAncestry(undefined), null);
});

Deno.test("ancestors are named as the browser names them, the nearest first", () => {
  const ancestorOrigins = ["https://portal.example", "https://top.example"];
  const window = nested(foreign, foreign, { origin: "https://mail.example.com", ancestorOrigins });
  assert.deepEqual(frameAncestry(window), { ancestors: ancestorOrigins });
});

Deno.test("a browser that names none: its own origin is seen, another one is null", () => {
  const own = { origin: "https://mail.example.com" };
  assert.deepEqual(frameAncestry(nested(foreign, own, own)), {
    ancestors: ["https://mail.example.com", "null"],
  });
});

Deno.test("however deep it lies, so many are named as the broker takes", () => {
  const ancestors = frameAncestry(nested(...new Array(200).fill(foreign)))?.ancestors;
  assert.deepEqual(ancestors, new Array(64).fill("null"));
});
