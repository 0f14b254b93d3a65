/** An extension over the API of a web twin, installed, as the tests of host access requests have it. @module */
import assert from "node:assert/strict";
import type { DeclaredHosts } from "../../broker/schema/declared_hosts.ts";
import type { AppId, CredentialId } from "../../broker/schema/ids.ts";
import { adminToken, type WebTwin } from "./web_twin.ts";

/** An answer, as it came. */
export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
  // deno-lint-ignore no-explicit-any
  readonly json: any;
}

/** An extension that is installed. */
export interface TestExtension {
  readonly id: AppId;
  readonly credentialId: CredentialId;
  readonly origin: string;
  readonly token: string;
  /** Calls `/api/v1` as this extension. */
  call(method: string, path: string, json?: unknown): Promise<ApiAnswer>;
  /** Tells of a tab; the answer must be 204. */
  tab(tabId: number, url: string, more?: { active?: boolean; documentId?: string }): Promise<void>;
  /** Asks for access to the page in a tab; answers the error, or null. */
  add(details: Record<string, unknown>): Promise<string | null>;
  /** Takes that back; answers the error, or null. */
  remove(details: Record<string, unknown>): Promise<string | null>;
}

/** Registers an extension in one browser, or in a further one of the same origin, and installs it. */
export async function installExtension(
  twin: WebTwin,
  options: { letter?: string; hosts?: Partial<DeclaredHosts>; name?: string } = {},
): Promise<TestExtension> {
  const { letter = "a", name = "Shopping" } = options;
  const { hosts = { host_permissions: ["https://*.example.com/*"] } } = options;
  const origin = `chrome-extension://${letter.repeat(32)}`;
  const registered = await twin.call("/api/v1/apps", { origin, json: { name, hosts } });
  const { app, token } = await registered.json();
  assert.equal(registered.status, 201, JSON.stringify(app));
  const installing = { method: "POST", token: adminToken };
  assert.equal((await twin.call(`/admin/v1/apps/${app.id}/install`, installing)).status, 200);
  const credentialId = twin.broker.store.get("app", app.id)?.record.credentials.at(-1)?.id;
  assert.ok(credentialId);

  const extension: TestExtension = {
    id: app.id,
    credentialId,
    origin,
    token,
    async call(method, path, json) {
      const call = { method, origin, token, ...(json !== undefined && { json }) };
      const answer = await twin.call(`/api/v1${path}`, call);
      const text = await answer.text();
      return { status: answer.status, text, json: text === "" ? null : JSON.parse(text) };
    },
    async tab(tabId, url, { active = true, documentId } = {}) {
      const body = { url, active, ...(documentId !== undefined && { documentId }) };
      const { status, text } = await extension.call("PUT", `/contexts/${tabId}`, body);
      assert.equal(status, 204, text);
    },
    add: (details) => ask("PUT", details),
    remove: (details) => ask("DELETE", details),
  };
  async function ask(method: string, details: Record<string, unknown>): Promise<string | null> {
    const { status, json, text } = await extension.call(method, "/host-access-requests", details);
    assert.equal(status, 200, text);
    assert.equal(json.valid, json.error === null);
    return json.error;
  }
  return extension;
}
