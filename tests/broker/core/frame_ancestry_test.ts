/** Third-party frames: which embedded pages use the network, and which do not. @module */
import assert from "node:assert/strict";
import { type Embedder, isThirdPartyFrame } from "../../../broker/core/frame_ancestry.ts";

const own = "https://mail.example.com";
const portal = "https://portal.example.org";
const evil = "https://evil.example";

function embedder(origin: string, frames: string[] | undefined, more: Partial<Embedder> = {}) {
  const claims = { name: "Portal", manifestUrl: null, reason: null };
  return {
    origin,
    state: "installed",
    pausedAtMs: null,
    claims: frames === undefined ? claims : { ...claims, frames },
    ...more,
  } as const;
}

const lets = embedder(portal, [own]);
const cases: [string, string | null, string[], Embedder[], boolean][] = [
  ["inside its own page", own, [own, own], [], false],
  ["inside a stranger's page", own, [evil], [], true],
  ["inside a page whose origin is kept secret", own, ["null"], [], true],
  ["inside an app that lets it", own, [portal], [lets], false],
  ["inside an app that lets it, through its own page", own, [own, portal], [lets], false],
  ["inside an app that says nothing of frames", own, [portal], [embedder(portal, undefined)], true],
  ["inside an app that lets another", own, [portal], [embedder(portal, [evil])], true],
  [
    "inside an app that is not installed",
    own,
    [portal],
    [embedder(portal, [own], { state: "pending-installation" })],
    true,
  ],
  ["inside a paused app", own, [portal], [embedder(portal, [own], { pausedAtMs: 1 })], true],
  ["a stranger around the app that lets it", own, [portal, evil], [lets], true],
  ["another app lets it", own, [evil], [lets], true],
  ["a program that speaks of frames", null, [portal], [lets], true],
];
for (const [name, origin, ancestors, apps, refused] of cases) {
  Deno.test(`${name}: ${refused ? "refused" : "let"}`, () => {
    assert.equal(isThirdPartyFrame(origin, { ancestors }, apps), refused);
  });
}
