/**
 * Benchmarks of the decision: `decide()` beside casbin and Cedar on the same rules, grants and questions, in one run; and
 * `reviewSessions()` over 5,000 open sessions. Run it alone, or as part of `deno task bench`.
 *
 * @module
 */
import process from "node:process";
import { reviewSessions } from "../../broker/actions/review_sessions.ts";
import type { Session } from "../../broker/schema/session.ts";
import { fakeBroker, installedApp } from "../fakes/fake_broker.ts";
import { app, type Asked, grantCount, grants, questions, ruleCount, rules } from "./decide_data.ts";
import { casbin, cedar, type Engine, gatehouse } from "./decide_engines.ts";
import { median, renderTable } from "./table.ts";

const rounds = 5;
/** The row of the table. */
const row = "decision µs";

/** Microseconds a question. */
function timeOf(engine: Engine, asked: readonly Asked[], repeats: number): number {
  const startedAtMs = performance.now();
  for (let n = 0; n < repeats; n++) for (const one of asked) engine(one);
  return (performance.now() - startedAtMs) * 1000 / (repeats * asked.length);
}

/** Everybody's figures. Whoever answers a question otherwise than the others is at fault, and nothing is measured. */
async function measureEngines() {
  // Few questions for those that scan: one takes them milliseconds.
  const engines: [who: string, engine: Engine, asked: Asked[], repeats: number][] = [
    ["gatehouse", gatehouse(), questions(250), 20],
    ["casbin", await casbin(), questions(4), 1],
    ["cedar", cedar(), questions(4), 1],
  ];
  for (const [who, engine] of engines) {
    for (const asked of questions(10)) {
      if (engine(asked) === asked.allowed) continue;
      throw new Error(`${who} answers otherwise: ${asked.host}:${asked.port}`);
    }
  }
  const results = new Map<string, Map<string, number[]>>();
  for (let round = 0; round < rounds; round++) {
    for (const [who, engine, asked, repeats] of engines) {
      const figures = results.get(who) ?? new Map<string, number[]>([[row, []]]);
      results.set(who, figures);
      figures.get(row)?.push(timeOf(engine, asked, repeats));
    }
  }
  return results;
}

/** Milliseconds of a review of `count` sessions, each allowed by a grant of its own name and with two addresses. */
async function measureReview(count: number): Promise<number> {
  const broker = fakeBroker();
  await installedApp(broker, app);
  for (let first = 0; first < grants.length; first += 500) {
    const part = grants.slice(first, first + 500);
    await broker.store.commit({
      puts: part.map((record) => ({ noun: "grant", id: record.id, record })),
    });
  }
  broker.policy.replace({ rules });
  const names = grants.filter(({ effect, target }) => effect === "allow" && target.startsWith("h"));
  for (let n = 0; n < count; n++) {
    const session: Session = {
      id: broker.secrets.newId("sess"),
      appId: app.id,
      contextId: broker.secrets.newId("ctx"),
      capability: "tcp-connect",
      target: names[n % names.length]!.target,
      addresses: [`93.184.${n >> 8}.${n & 255}`, `2606:2800:220:1::${n.toString(16)}`],
      remoteAddress: `93.184.${n >> 8}.${n & 255}`,
      remotePort: 993,
      localAddress: "192.168.7.7",
      localPort: 40_000,
      secureTransport: false,
      ruleIds: [],
      openedAtMs: 0,
      bytesSent: 0,
      bytesReceived: 0,
      closedAtMs: null,
      error: null,
    };
    broker.sessions.add({ session, close: () => broker.sessions.remove(session.id, null, 0) });
  }
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const startedAtMs = performance.now();
    const closed = reviewSessions(broker);
    if (closed.length > 0) throw new Error(`${closed.length} sessions were closed`);
    if (round > 0) times.push(performance.now() - startedAtMs);
  }
  return median(times);
}

/** The table of the decision benchmarks. */
export async function decisionTable(): Promise<string> {
  const sessions = 5000;
  const review = await measureReview(sessions);
  return renderTable(await measureEngines(), [
    `${ruleCount} rules and ${grantCount} grants of one app.`,
    `A review of ${sessions} sessions with two addresses each: ${review.toFixed(1)} ms.`,
  ]);
}

if (import.meta.main) process.stdout.write(await decisionTable());
