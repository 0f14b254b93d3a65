/** The amber panel: what a broad answer would open, reason by reason. @module */
import type { JSX } from "preact";
import type { BroadReason } from "../broker/schema/dashboard.ts";
import { broadConsequences } from "./consequence.ts";
import { Icon } from "./icon.tsx";
import { text } from "./text.ts";

/** A line for each reason, in the order given. */
export function BroadNotice(
  { reasons }: { readonly reasons: readonly BroadReason[] },
): JSX.Element {
  return (
    <div class="broad">
      <Icon name="warning" />
      <div>
        {broadConsequences(reasons).map((line, i) => (
          <p key={line}>{i === 0 && <b class="lead">{text.broad.heading}</b>}{line}</p>
        ))}
      </div>
    </div>
  );
}
