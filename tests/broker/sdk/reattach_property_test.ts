/** A page that is reloaded at any moment, with anything on its way: not a byte is lost, and none doubled. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ReattachTable } from "../../../broker/relay/reattach_table.ts";
import type { ReattachableStream } from "../../../broker/relay/reattachable_stream.ts";
import { RelayConnection } from "../../../broker/relay/relay_connection.ts";
import type { RelaySocket } from "../../../broker/relay/relay_socket.ts";
import { BrokerApi } from "../../../broker/sdk/broker_api.ts";
import { globalEnvironment } from "../../../broker/sdk/environment.ts";
import type { Gatehouse } from "../../../broker/sdk/gatehouse.ts";
import { reattach } from "../../../broker/sdk/reattach.ts";
import { RelayClient } from "../../../broker/sdk/relay_client.ts";
import { TCPSocket } from "../../../broker/sdk/tcp_socket.ts";
import type { TCPSocketOpenInfo } from "../../../broker/sdk/tcp_open_info.ts";
import { systemSecrets } from "../../../broker/stores/system_secrets.ts";
import { FakeLog } from "../../fakes/fake_broker.ts";
import { FakeClock, settle } from "../../fakes/fake_clock.ts";
import { fakeId } from "../../fakes/fake_secrets.ts";
import { ScriptedConnection } from "../../fakes/scripted_connection.ts";
import { fakeSession } from "../relay/relay_rig.ts";

/** What stands at each place of what the server, and the app, sends. */
const ofServer = (at: number) => (at * 7 + (at >>> 8)) & 0xff;
const ofApp = (at: number) => (at * 13 + (at >>> 7) + 1) & 0xff;
const bytesFrom = (at: number, count: number, byte: (at: number) => number) =>
  Uint8Array.from({ length: count }, (_, index) => byte(at + index));

/** What the app may send without credit. */
const windowBytes = 4000;

/** A WebSocket between a page and the broker, on which each message waits to be let through. */
class Link {
  readonly toBroker: Uint8Array[] = [];
  readonly toApp: { message: Uint8Array; done: (fault?: Error) => void }[] = [];
  readonly app: WebSocket;
  readonly broker: RelaySocket;
  readonly #listeners = new Map<string, (...values: never[]) => void>();
  #isCut = false;

  constructor() {
    this.app = {
      readyState: 1,
      send: (message: Uint8Array) => void this.toBroker.push(message.slice()),
      close() {},
    } as unknown as WebSocket;
    this.broker = {
      send: (data, done) => {
        if (this.#isCut) return queueMicrotask(() => done(new Error("gone")));
        this.toApp.push({ message: data.slice(), done });
      },
      ping() {},
      close() {},
      terminate() {},
      on: (event: string, listener: (...values: never[]) => void) =>
        this.#listeners.set(event, listener),
    };
  }

  async pass(way: "toBroker" | "toApp", count: number): Promise<void> {
    for (let n = 0; n < count && this[way].length > 0; n++) {
      if (way === "toBroker") {
        this.#listeners.get("message")?.(...[this.toBroker.shift(), true] as never[]);
      } else {
        const { message, done } = this.toApp.shift()!;
        done();
        this.app.onmessage?.({ data: message.slice().buffer } as MessageEvent);
      }
    }
    await settle();
  }

  /** The page is gone. What is on its way to the broker may still come, up to a message. */
  async cut(arrivingCount: number): Promise<void> {
    await this.pass("toBroker", arrivingCount);
    this.#isCut = true;
    for (const { done } of this.toApp.splice(0)) done(new Error("gone"));
    this.#listeners.get("close")?.();
    await settle();
  }
}

/** A page with one socket; reads and writes as it is told, and keeps count. */
class Page {
  readonly link = new Link();
  readonly socket: TCPSocket;
  info!: TCPSocketOpenInfo;
  reader!: ReadableStreamDefaultReader<Uint8Array>;
  #isReading = false;
  #isWriting = false;

  constructor(open: (gatehouse: Gatehouse) => TCPSocket) {
    const { link } = this;
    const environment = {
      ...globalEnvironment(),
      WebSocket: class {
        constructor() {
          queueMicrotask(() => link.app.onopen?.({} as Event));
          return link.app;
        }
      } as unknown as typeof WebSocket,
    };
    const relay = new RelayClient(new BrokerApi(environment, "http://broker.test"), {
      onLost() {},
      onRestored() {},
    });
    const gatehouse = {
      environment,
      announceWaiting() {},
      openStream: (...given: Parameters<RelayClient["open"]>) => relay.open(...given),
    };
    this.socket = open(gatehouse as unknown as Gatehouse);
  }

  /** @param readBytes And `writtenBytes`: what the app has had and sent before. */
  async opened(readBytes: number, writtenBytes: number): Promise<void> {
    this.readBytes = readBytes;
    this.writtenBytes = writtenBytes;
    while (this.link.toBroker.length > 0 || this.link.toApp.length > 0) {
      await this.link.pass("toBroker", 1);
      const isOpened = this.link.toApp.length > 0;
      await this.link.pass("toApp", 1);
      if (isOpened) break;
    }
    this.info = await this.socket.opened;
    this.reader = this.info.readable.getReader();
    this.writer = this.info.writable.getWriter();
  }

  writer!: WritableStreamDefaultWriter<BufferSource>;
  readBytes = 0;
  writtenBytes = 0;

  async read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    this.reader.read().then(({ value }) => {
      this.#isReading = false;
      for (const byte of value ?? []) assert.equal(byte, ofServer(this.readBytes++));
    });
    await settle();
  }

  async write(count: number): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    const bytes = bytesFrom(this.writtenBytes, count, ofApp);
    this.writer.write(bytes).then(() => {
      this.#isWriting = false;
      this.writtenBytes += count;
    }, () => {});
    await settle();
  }
}

type Step =
  | { does: "serve" | "write"; count: number }
  | { does: "read" | "stall" | "flow" }
  | { does: "toBroker" | "toApp" | "reload"; count: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constantFrom("serve", "write"),
      count: fc.integer({ min: 1, max: 3000 }),
    }),
  },
  { weight: 5, arbitrary: fc.constant({ does: "read" }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom("stall", "flow") }) },
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constantFrom("toBroker", "toApp"),
      count: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("reload"), count: fc.nat({ max: 8 }) }) },
) as fc.Arbitrary<Step>;

Deno.test("a page reloaded at any moments loses no byte and doubles none", async () => {
  let reloads = 0;
  let resent = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      const clock = new FakeClock();
      const table = new ReattachTable<ReattachableStream>(systemSecrets);
      const connection = new ScriptedConnection();
      const connect = (link: Link) =>
        new RelayConnection({
          webSocket: link.broker,
          contextId: fakeId("ctx", 1),
          opens: {
            tcp: () =>
              Promise.resolve({ session: fakeSession(fakeId("sess", 1)), connection, end() {} }),
          } as never,
          reattach: {
            table,
            owner: { appId: fakeId("app", 1), credentialId: null },
            onParked() {},
            onResumed() {},
          },
          clock,
          log: new FakeLog(),
          limits: { maxReattachWindowBytes: windowBytes, minReadBytes: 500, maxReadBytes: 2000 },
        });
      let page = new Page((gatehouse) =>
        new TCPSocket("example.com", 993, { gatehouse, reattach: true, receiveBufferSize: 5000 })
      );
      connect(page.link);
      await settle();
      await page.opened(0, 0);
      let servedBytes = 0;
      for (const { does, count } of steps.map((step) => ({ count: 0, ...step }))) {
        if (does === "read") await page.read();
        else if (does === "stall") connection.stalled = true;
        else if (does === "flow") connection.resumeWrites();
        else if (does === "write") await page.write(count);
        else if (does === "serve") {
          connection.deliver(bytesFrom(servedBytes, count, ofServer));
          servedBytes += count;
          await settle();
        } else if (does === "reload") {
          const ticket = JSON.parse(JSON.stringify(page.socket.reattachTicket));
          assert.equal(ticket.receivedBytes, page.readBytes);
          assert.ok(ticket.sentBytes >= page.writtenBytes);
          await page.link.cut(count);
          reloads++;
          assert.ok(atob(ticket.unacknowledged).length <= windowBytes);
          const sentBefore = ticket.unacknowledged.length;
          page = new Page((gatehouse) => reattach(gatehouse, ticket) as TCPSocket);
          connect(page.link);
          await settle();
          await page.opened(ticket.receivedBytes, ticket.sentBytes);
          if (sentBefore > 0) resent++;
        } else await page.link.pass(does, count);
      }
      connection.resumeWrites();
      for (let turns = 0; page.readBytes < servedBytes; turns++) {
        assert.ok(turns < 500, "what the server sent comes to an end");
        await page.read();
        await page.link.pass("toBroker", 100);
        await page.link.pass("toApp", 100);
      }
      await page.link.pass("toBroker", 100);
      await page.link.pass("toApp", 100);
      await page.link.pass("toBroker", 100);
      const written = connection.writes.flatMap((bytes) => [...bytes]);
      assert.ok(written.length >= page.writtenBytes);
      assert.deepEqual(written, [...bytesFrom(0, written.length, ofApp)]);
      assert.equal(page.readBytes, servedBytes);
    }),
    { numRuns: 150 },
  );
  assert.ok(reloads > 200 && resent > 50, `${reloads} reloads, ${resent} with bytes on their way`);
});
