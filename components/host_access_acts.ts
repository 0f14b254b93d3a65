/** What the person does about sites: what an app asks in a tab, where an app may act, and where no app may. @module */
import type { AppView, HostAccessView } from "../broker/schema/dashboard.ts";
import type { SiteAccessWish } from "../broker/schema/site_access.ts";
import { act, type Stage } from "./acts.ts";
import { durationClause } from "./duration_text.ts";
import { hostPhrase } from "./host_text.ts";
import { fillPhrase } from "./phrase.ts";
import { plainText } from "./plain_text.ts";
import { appPart } from "./sentence.ts";
import { targetText } from "./target_text.ts";
import { text } from "./text.ts";

/** Lets the app act on the whole site, for as long as policy lets it. Rejects with `stale-review` and the like. */
export function allowSite(stage: Stage, view: HostAccessView): Promise<void> {
  return act(stage, async () => {
    const grant = await stage.client.allowHostAccess(view.id, view.reviewToken);
    const app = appPart(view.app.claims.name);
    const nowMs = stage.dashboard.snapshot.peek().nowMs;
    return {
      phrase: fillPhrase(text.last.allowed, {
        target: { kind: "strong", text: targetText(view.target, "host-access") },
        app,
        duration: durationClause(grant.duration, app.name, nowMs),
      }),
      undo: { kind: "revoke", grantIds: [grant.id] },
    };
  });
}

/** Hides what the app asks on this tab, until the tab leaves the site. */
export function dismissSite(stage: Stage, view: HostAccessView): Promise<void> {
  return act(stage, async () => {
    await stage.client.dismissHostAccess(view.id, view.reviewToken);
    const app = appPart(view.app.claims.name);
    return { phrase: fillPhrase(text.last.dismissed, { app, site: hostPhrase(view) }) };
  });
}

/** Keeps every app from a host. Rejects with `invalid-body` for what is none. */
export function blockHost(stage: Stage, host: string): Promise<void> {
  return act(stage, async () => {
    const { id } = await stage.client.blockHost(host);
    const part = { kind: "strong", text: plainText(id, 260) } as const;
    return { phrase: fillPhrase(text.last.blocked, { host: part }) };
  });
}

/** Lets apps reach a host again, as far as they are allowed. */
export function unblockHost(stage: Stage, host: string): Promise<void> {
  return act(stage, async () => {
    await stage.client.unblockHost(host);
    const part = { kind: "strong", text: plainText(host, 260) } as const;
    return { phrase: fillPhrase(text.last.unblocked, { host: part }) };
  });
}

/** Sets where an app may act without being asked about each site. */
export function setSiteAccess(stage: Stage, app: AppView, wish: SiteAccessWish): Promise<void> {
  return act(stage, async () => {
    const { mode } = await stage.client.setSiteAccess(app.id, wish);
    return {
      phrase: fillPhrase(text.last.siteAccess, {
        app: appPart(app.claims.name),
        mode: text.siteAccess.modes[mode],
      }),
    };
  });
}
