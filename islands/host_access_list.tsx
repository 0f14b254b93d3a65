/** What apps ask about the sites in front of the person: a card for each, below the requests, gone with its tab. @module */
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Dashboard } from "../components/dashboard_model.ts";
import { HostAccessCard } from "../components/host_access_card.tsx";
import { text } from "../components/text.ts";
import { useNow } from "../components/use_now.ts";
import { useStage } from "../components/use_stage.ts";

const headingId = "site-requests";

/** The cards. They stand below what waits, so that none that comes or goes moves what is being read there. */
export default function HostAccessList(
  { dashboard }: { readonly dashboard: Dashboard },
): JSX.Element {
  const stage = useStage(dashboard);
  const nowMs = useNow(dashboard, 10_000);
  const views = dashboard.snapshot.value.hostAccess;
  const region = useRef<HTMLDivElement>(null);
  const hadFocus = useRef(false);
  // A card that goes while it has focus must not throw the keyboard back to the top of the page.
  hadFocus.current = region.current?.contains(globalThis.document?.activeElement ?? null) ?? false;
  useLayoutEffect(() => {
    const focused = document.activeElement;
    if (!hadFocus.current || (focused !== null && focused !== document.body)) return;
    const left = document.getElementById(headingId) ?? document.getElementById("nothing-waits") ??
      document.querySelector<HTMLElement>("main h1, main h3");
    left?.focus();
  });
  return (
    <div ref={region} class="inbox" aria-live="polite">
      {views.length > 0 && (
        <>
          <h2 id={headingId} tabIndex={-1}>{text.hostAccess.heading}</h2>
          <p class="muted">{text.hostAccess.hint}</p>
          {views.map((view) => (
            <HostAccessCard key={view.id} view={view} stage={stage} nowMs={nowMs} />
          ))}
        </>
      )}
    </div>
  );
}
