/** The host access requests that a person is to see now, as their cards show them. @module */
import { domainToUnicode } from "node:url";
import { parseCapabilityTarget } from "../core/capability_target.ts";
import { decide } from "../core/decide.ts";
import { sitePattern } from "../core/fetch_url.ts";
import { type HostAccessTab, shownTabs } from "../core/host_access_requests.ts";
import { leadsTo } from "../core/leads_to.ts";
import { broadReasons, registrableDomain } from "../core/target_breadth.ts";
import type { App } from "../schema/app.ts";
import type { HostAccessView } from "../schema/dashboard.ts";
import { appView } from "./app_view.ts";
import { hostAccessRules } from "./host_access_rules.ts";
import type { Broker, HostAccessHolder } from "./ports.ts";
import { questionFor } from "./question_for.ts";

/** How many cards one app gets at a time: a person has few tabs in front. */
export const maxShownPerApp = 8;

/**
 * The cards of all apps, the oldest request first: only where the tab is in front and the page matches, and only where a
 * person would be asked. An app that is silenced, or a host that is blocked, has none.
 */
export function hostAccessViews(broker: Broker): HostAccessView[] {
  const views: HostAccessView[] = [];
  const shown = new Map<App["id"], number>();
  for (const { holder, state } of broker.hostAccess.list()) {
    const app = broker.store.get("app", holder.appId)?.record;
    if (!app) continue;
    for (const tab of shownTabs(state, hostAccessRules(broker, app))) {
      const count = shown.get(app.id) ?? 0;
      if (count >= maxShownPerApp || !isAskable(broker, app, tab)) continue;
      shown.set(app.id, count + 1);
      views.push(view(broker, app, holder, tab));
    }
  }
  return views.sort((a, b) => a.addedAtMs - b.addedAtMs || (a.id < b.id ? -1 : 1));
}

function isAskable(broker: Broker, app: App, { url }: HostAccessTab): boolean {
  const target = sitePattern(new URL(url));
  const question = questionFor(broker, { appId: app.id, capability: "host-access", target });
  return decide(question).effect === "ask";
}

function view(
  broker: Broker,
  app: App,
  { credentialId }: HostAccessHolder,
  tab: HostAccessTab,
): HostAccessView {
  const url = new URL(tab.url);
  const target = parseCapabilityTarget("host-access", sitePattern(url));
  const leads = leadsTo(target);
  const unicode = domainToUnicode(url.hostname);
  const id = `${credentialId}.${tab.tabId}`;
  const pattern = tab.request?.pattern ?? null;
  const shown = [
    id,
    target.text,
    pattern,
    app.state,
    app.origin,
    app.claims,
    broker.policy.current().revision,
  ];
  return {
    id,
    app: appView(broker, app),
    site: url.origin,
    host: url.hostname,
    unicodeHost: unicode === "" || unicode === url.hostname ? null : unicode,
    registrableDomain: leads === null ? null : registrableDomain(leads),
    target: target.text,
    broad: broadReasons("host-access", target),
    pattern,
    addedAtMs: tab.request?.addedAtMs ?? 0,
    reviewToken: broker.secrets.hash(JSON.stringify(shown)).slice(0, 32),
  };
}
