/** Notifications: whom they tell of, how often, and where they lead. @module */
import assert from "node:assert/strict";
import { type NoticeMemory, noticesFor, perAppMs } from "../../components/notices.ts";
import { imapRequest, mailApp, nowMs } from "./shown_views.ts";

const nothing: NoticeMemory = { known: new Set(), toldAtMs: {} };
const app = (n: number) => mailApp({ id: `app_${n.toString(16).padStart(32, "0")}` });
const asked = (n: number, of = 1, notifiedAtMs: number | null = nowMs) =>
  imapRequest(n, { app: app(of), appId: app(of).id, notifiedAtMs });

Deno.test("a new request is told of once, in the words of its card, and leads to it", () => {
  const first = noticesFor([asked(1)], nothing, nowMs);
  assert.deepEqual(first.notices, [{
    tag: app(1).id,
    title: "Mail asks",
    body: "Mail wants to open an encrypted connection to imap.example.com, port 993.",
    path: `/requests/${asked(1).id}`,
  }]);
  assert.deepEqual(noticesFor([asked(1)], first.memory, nowMs + perAppMs).notices, []);
});

Deno.test("an app is told of once a minute at most, whatever it asks", () => {
  const first = noticesFor([asked(1), asked(2)], nothing, nowMs);
  assert.equal(first.notices.length, 1);
  const within = noticesFor([asked(1), asked(2), asked(3)], first.memory, nowMs + perAppMs - 1);
  assert.deepEqual(within.notices, []);
  const after = noticesFor([asked(3), asked(4)], within.memory, nowMs + perAppMs);
  assert.equal(after.notices[0]?.path, `/requests/${asked(4).id}`);
});

Deno.test("what is held back from the foreground, and what stood there before, calls nobody", () => {
  assert.deepEqual(noticesFor([asked(1, 1, null)], nothing, nowMs).notices, []);
  const known = { known: new Set([asked(1).id]), toldAtMs: {} };
  assert.deepEqual(noticesFor([asked(1)], known, nowMs).notices, []);
});

Deno.test("of many apps at once one notification tells, and leads to the list", () => {
  const few = noticesFor([asked(1, 1), asked(2, 2), asked(3, 3)], nothing, nowMs);
  assert.equal(few.notices.length, 3);
  const many = noticesFor([1, 2, 3, 4].map((n) => asked(n, n)), nothing, nowMs);
  assert.deepEqual(many.notices.map(({ title, path }) => [title, path]), [["4 apps ask", "/"]]);
  const later = noticesFor([asked(5, 4)], many.memory, nowMs + 1);
  assert.deepEqual(later.notices, [], "each of them was told of");
});
