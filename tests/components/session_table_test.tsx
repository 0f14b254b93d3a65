/** The table of connections, as HTML: what the row of a UDP socket says beside its bytes. @module */
import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { createDashboard } from "../../components/dashboard_model.ts";
import { SessionTable } from "../../components/session_table.tsx";
import type { SessionView } from "../../broker/schema/dashboard.ts";
import { imapSession, nowMs, snapshotOf } from "./shown_views.ts";

/** The text of a row's cells. */
function cells(session: SessionView): string[] {
  const stage = { dashboard: createDashboard(snapshotOf()), client: {} as never };
  const html = renderToString(
    <SessionTable sessions={[session]} traffic={new Map()} stage={stage} nowMs={nowMs} withApp />,
  );
  const row = html.slice(html.indexOf("<tbody>"));
  return [...row.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, cell = ""]) =>
    cell.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim()
  );
}

Deno.test("a UDP socket's row counts its packets, and those that were dropped where there are any", () => {
  const datagrams = { sent: 1, received: 2500, droppedSent: 3, droppedReceived: 0 };
  const [, target = "", , , sent, received] = cells(imapSession(1, {
    ...{ capability: "udp-bind", target: "0.0.0.0:6881", remoteAddress: null, remotePort: null },
    ...{ localAddress: "0.0.0.0", localPort: 6881, bytesSent: 10, datagrams },
  }));
  assert.match(target, /every address of this computer, port 6881 UDP 0\.0\.0\.0/);
  assert.equal(sent, "10 B 1 packet, 3 dropped");
  assert.equal(received, "0 B 2,500 packets");
});

Deno.test("a TCP connection's row speaks of no packets", () => {
  const [, target = "", , , sent] = cells(imapSession(1));
  assert.match(target, /Plain/);
  assert.equal(sent, "0 B");
});
