/**
 * The library for extensions (Manifest V3), served as `/sdk/extension.js`: `permissions.addHostAccessRequest()` through the
 * broker, in any browser. An extension packs the file with itself, as stores allow no code from elsewhere.
 *
 * @module
 */
import { brokerCandidates } from "../broker_location.ts";
import { connect } from "../connect.ts";
import { globalEnvironment } from "../environment.ts";
import type { Gatehouse } from "../gatehouse.ts";
import { type BrowserApi, browserApi } from "./browser_api.ts";
import { declaredHosts } from "./declared_hosts.ts";
import { ExtensionPermissions } from "./extension_permissions.ts";
import { FollowedTabs } from "./followed_tabs.ts";
import { openKeptStorage } from "./kept_storage.ts";

export type { ExtensionPermissions } from "./extension_permissions.ts";

/** How an extension begins. */
export interface ExtensionOptions {
  /** The broker's address; that of `connect()` when absent. */
  broker?: string;
  /** What the person knows the extension as; the manifest's name when absent. */
  name?: string;
  /** Why it wants to be installed: at most 140 characters. */
  reason?: string;
}

/** What an extension has of the broker. */
export interface ExtensionGatehouse {
  readonly permissions: ExtensionPermissions;
  /** The connection, for `fetch`, sockets and events: once the person has installed the extension in the broker. */
  connected(): Promise<Gatehouse>;
  /** Opens the dashboard in a small window of its own, so that the tab that is asked about stays in front. */
  openDashboard(): Promise<void>;
}

/**
 * Begins. To be called at the top of the extension's worker, before anything is awaited: the browser wakes the worker for
 * tabs by the listeners that are added here. Nothing is sent before the extension first asks, or listens.
 *
 * @throws TypeError outside an extension.
 */
export function startExtension(
  options: ExtensionOptions = {},
  browser: BrowserApi = browserApi(),
): ExtensionGatehouse {
  let connecting: Promise<Gatehouse> | null = null;
  // A broker that does not run yet is asked again with the next call.
  const registered = () =>
    connecting ??= open(options, browser).catch((fault) => {
      connecting = null;
      throw fault;
    });
  const connected = async () => {
    const gatehouse = await registered();
    await gatehouse.installed;
    return gatehouse;
  };
  const tabs = new FollowedTabs(browser, async () => (await connected()).contexts);
  return {
    permissions: new ExtensionPermissions(browser, connected, tabs),
    connected,
    async openDashboard() {
      const [origin = ""] = brokerCandidates(options.broker, import.meta.url);
      const url = `${origin}/prompt`;
      await browser.windows?.create({ url, type: "popup", width: 460, height: 720 });
    },
  };
}

async function open({ broker, name, reason }: ExtensionOptions, browser: BrowserApi) {
  const manifest = browser.runtime.getManifest();
  const storage = await openKeptStorage(browser.storage.local);
  return await connect({
    ...(broker !== undefined && { broker }),
    app: {
      name: name ?? manifest.name,
      ...(reason !== undefined && { reason }),
      hosts: declaredHosts(manifest),
    },
  }, { ...globalEnvironment(), storage });
}
