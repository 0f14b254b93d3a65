/** An app with a manifest and an associated origin, over sites of a table. @module */
import { associationPath } from "../../broker/core/origin_association.ts";
import type { App } from "../../broker/schema/app.ts";
import { type FakeBroker, installedApp } from "./fake_broker.ts";

/** The app's origin, where its manifest is, and an origin that agrees to be part of it. */
export const appOrigin = "https://mail.example.com";
/** Where the manifest is. */
export const manifestUrl = `${appOrigin}/app/manifest.json`;
/** An origin that agrees to be part of the app. */
export const associate = "https://mail.example.co.uk";
/** Where that origin says so. */
export const associationUrl = `${associate}${associationPath}`;
/** The manifest's id. */
export const manifestId = `${appOrigin}/app`;

/** The manifest, with changes. */
export function manifestText(more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    id: "/app",
    name: "Example Mail",
    start_url: "/app/",
    scope: "/app/",
    scope_extensions: [{ type: "origin", origin: associate }],
    permission_requests: [{
      capability: "tcp-connect",
      targets: ["imap.example.com:993"],
      reason: "Your mail",
    }],
    ...more,
  });
}

/** The association file, with changes to what it says of the app. */
export function associationText(more: Record<string, unknown> = {}): string {
  return JSON.stringify({ [manifestId]: { scope: "/mail/", ...more } });
}

/** Stores an installed app that names its manifest, and puts its files up. */
export async function appWithManifest(broker: FakeBroker, more: Partial<App> = {}): Promise<App> {
  broker.resolver.addresses.set("mail.example.com", ["93.184.215.14"]);
  broker.resolver.addresses.set("mail.example.co.uk", ["93.184.215.15"]);
  broker.sites.files.set(manifestUrl, manifestText());
  broker.sites.files.set(associationUrl, associationText());
  return await installedApp(broker, {
    claims: { name: "Mail", manifestUrl, reason: null },
    ...more,
  });
}
