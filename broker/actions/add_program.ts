/** Programs: local software that gets its token from the person, as no browser vouches for it. @module */
import type { App } from "../schema/app.ts";
import { historyDraft } from "./history_draft.ts";
import type { Broker } from "./ports.ts";

/**
 * Makes a program and its token. The program is installed at once, since the person is who makes it; the token is shown
 * this once and kept as a hash.
 */
export async function addProgram(
  broker: Broker,
  name: string,
): Promise<{ app: App; token: string }> {
  const id = broker.secrets.newId("app");
  const token = `${id}.${broker.secrets.newToken()}`;
  const nowMs = broker.clock.nowMs();
  const app: App = {
    v: 1,
    id,
    kind: "program",
    origin: null,
    manifestId: null,
    state: "installed",
    claims: { name, manifestUrl: null, reason: null },
    credentials: [{
      id: broker.secrets.newId("cred"),
      tokenHash: broker.secrets.hash(token),
      state: "active",
      createdAtMs: nowMs,
    }],
    registeredAtMs: nowMs,
    installedAtMs: nowMs,
    pausedAtMs: null,
    silence: null,
  };
  await broker.store.commit({
    checks: [{ noun: "app", id, version: null }],
    puts: [{ noun: "app", id, record: app }],
    history: [
      historyDraft(broker, "app-installed", "person", {
        app,
        message: `Made the program ${name} and its token.`,
      }),
    ],
  });
  return { app, token };
}
