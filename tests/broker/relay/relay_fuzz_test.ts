/** 100,000 broken and half-broken inputs: nothing throws past its boundary, and memory stays bounded. @module */
import assert from "node:assert/strict";
import { decodeAppFrame, encodeFrame, RelayError } from "../../../broker/relay/frame_codec.ts";
import { ConnectError } from "../../../broker/actions/ports.ts";
import type { OpenedFrame } from "../../../broker/schema/relay.ts";
import type { SessionError } from "../../../broker/schema/session.ts";
import type { ScriptedConnection } from "../../fakes/scripted_connection.ts";
import { settle } from "../../fakes/fake_clock.ts";
import { RelayRig, type RigListener } from "./relay_rig.ts";
import { scriptedFetches } from "./scripted_fetch.ts";
import type { ScriptedUdp } from "./scripted_udp.ts";
import { frameVectors, refusedVectors } from "./vectors.ts";

const codecInputs = 60_000;
const relayInputs = 40_000;

/** Random numbers that are the same in every run (mulberry32), so that a failure can be met again. */
class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }
  /** A whole number from 0 to below `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ this.#state >>> 15, 1 | this.#state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) % end;
  }
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    assert.ok(item !== undefined);
    return item;
  }
}

const seeds = [...frameVectors, ...refusedVectors].map(({ message }) => message);

/** A message: random, or a known one with bytes changed, cut off, doubled or added. */
function mutate(dice: Dice): Uint8Array<ArrayBuffer> {
  if (dice.below(4) === 0) {
    return Uint8Array.from({ length: dice.below(64) }, () => dice.below(256));
  }
  const message = dice.pick(seeds).slice();
  for (let edits = dice.below(4); edits > 0 && message.length > 0; edits--) {
    message[dice.below(message.length)] = dice.below(256);
  }
  switch (dice.below(4)) {
    case 0:
      return message.slice(0, dice.below(message.length + 1));
    case 1:
      return Uint8Array.from([...message, ...message.subarray(dice.below(message.length + 1))]);
    default:
      return message;
  }
}

/** A message that a relay is likely to act on: a well-formed frame of a low stream. */
function plausible(dice: Dice, nextStreamId: number): Uint8Array<ArrayBuffer> {
  const opens = nextStreamId === 1 || dice.below(5) === 0;
  const vectors = frameVectors.filter(({ sentBy, frame }) =>
    sentBy === "app" && (frame.type === "OPEN") === opens
  );
  const message = dice.pick(vectors).message.slice();
  const streamId = opens ? nextStreamId : 1 + dice.below(nextStreamId - 1);
  // Now and then one of the streams that the broker may have begun.
  const begun = !opens && streamId < 4 && dice.below(60) === 0 ? 0x80 : 0;
  message.set([streamId & 0xff, streamId >>> 8 & 0xff, streamId >>> 16 & 0xff, begun], 1);
  return message;
}

/** OPEN that goes on with a connection by its last secret, whose relay may be this one, with counts that may fit. */
function comingBack(
  dice: Dice,
  secrets: readonly OpenedFrame[],
  streamId: number,
): Uint8Array<ArrayBuffer> {
  const { sessionId, resumeSecret = "" } = dice.pick(secrets);
  const [receivedBytes, sentBytes] = [dice.below(4) === 0 ? dice.below(5000) : 0, dice.below(2)];
  const body = { protocol: "resume", sessionId, resumeSecret, receivedBytes, sentBytes } as const;
  return encodeFrame({ type: "OPEN", streamId, body });
}

const denied: SessionError = { code: "denied", phase: "policy", message: "No." };

/** Takes one piece of a body, if one is there. */
async function readOnePiece(body: AsyncIterable<Uint8Array>): Promise<void> {
  const piece = body[Symbol.asyncIterator]().next();
  piece.catch(() => {});
  await settle();
}

Deno.test("the codec gives a frame that encodes to the same meaning, or a RelayError", () => {
  const dice = new Dice(20_260_101);
  let accepted = 0;
  for (let n = 0; n < codecInputs; n++) {
    const message = mutate(dice);
    try {
      const frame = decodeAppFrame(message);
      assert.deepEqual(decodeAppFrame(encodeFrame(frame)), frame);
      accepted++;
    } catch (fault) {
      assert.ok(fault instanceof RelayError, `${fault}`);
      assert.ok(fault.reason.length <= 123);
    }
  }
  assert.ok(accepted > codecInputs / 100 && accepted < codecInputs / 2, `${accepted} accepted`);
});

Deno.test("relays take anything: each ends by itself at most, and holds little", async () => {
  const dice = new Dice(8737);
  let relays = 0;
  let ended = 0;
  let resumed = 0;
  for (let n = 0; n < relayInputs;) {
    const rig = new RelayRig({ maxStreams: 16 });
    relays++;
    let nextStreamId = 1;
    let secrets: OpenedFrame[] = [];
    const connections: ScriptedConnection[] = [];
    const listeners: RigListener[] = [];
    const udps: ScriptedUdp[] = [];
    const { fetch, fetches } = scriptedFetches();
    rig.fetch = fetch;
    for (let step = 0; step < 200 && rig.socket.closedWith === null; step++, n++) {
      const broken = dice.below(100) === 0;
      if (dice.below(60) === 0) {
        secrets = rig.socket.framesOf("OPENED").map(({ body }) => body)
          .filter(({ resumeSecret }) => resumeSecret !== undefined);
        if (dice.below(3) === 0) {
          rig.socket.emit("close");
          rig.reconnect();
          nextStreamId = 1;
        }
      }
      const isBack = secrets.length > 0 && dice.below(4) === 0;
      const message = broken
        ? mutate(dice)
        : isBack
        ? comingBack(dice, secrets, nextStreamId)
        : plausible(dice, nextStreamId);
      if (!broken && message[0] === 1) nextStreamId++;
      rig.socket.emit("message", message, dice.below(1000) !== 0);
      const opening = rig.openings.shift();
      if (opening && dice.below(4) !== 0) connections.push((await opening.succeed()).connection);
      else await opening?.fail(new ConnectError(denied));
      const listening = rig.listenings.shift();
      if (listening) listeners.push(await listening.succeed());
      if (listeners.length > 0 && dice.below(10) === 0) {
        const listener = dice.pick(listeners);
        if (dice.below(20) === 0) listener.fail(new Error("broken"));
        else {
          const { connection, events } = await listener.connect();
          if (events) connections.push(connection);
        }
      }
      const udpOpening = rig.udpOpenings.shift();
      if (udpOpening) udps.push(await udpOpening.succeed());
      if (udps.length > 0 && dice.below(3) === 0) {
        const udp = dice.pick(udps);
        const join = udp.joins.shift();
        if (join && dice.below(2) === 0) join.succeed();
        else join?.fail(denied);
        udp.deliver("x".repeat(dice.below(3000)));
        if (dice.below(10) === 0) udp.tell?.onDropped(denied);
        if (dice.below(50) === 0) {
          udp.tell?.onFault({ code: "internal-error", phase: "transfer", message: "Broken." });
        }
      }
      if (fetches.length > 0 && dice.below(3) === 0) {
        const fetch = dice.pick(fetches);
        switch (dice.below(5)) {
          case 0:
            await fetch.head();
            break;
          case 1:
            await fetch.finish();
            break;
          case 2:
            await fetch.breakOff(new ConnectError(denied));
            break;
          default:
            await fetch.deliver(new Uint8Array(1 + dice.below(5000)));
        }
        if (fetch.ask.body && dice.below(3) === 0) await readOnePiece(fetch.ask.body);
      }
      if (connections.length > 0 && dice.below(3) === 0) {
        const connection = dice.pick(connections);
        if (dice.below(5) === 0) connection.deliverFin();
        else connection.deliver(new Uint8Array(1 + dice.below(5000)));
      }
    }
    await settle();
    assert.ok(rig.relay.streamCount <= 16);
    if (rig.socket.closedWith !== null) {
      ended++;
      assert.equal(rig.relay.streamCount, 0);
    }
    rig.socket.emit("close");
    await rig.relay.closed;
    // A connection that waited for room is closed a moment later.
    await settle();
    assert.equal(rig.relay.streamCount, 0);
    resumed += rig.resumed.length;
    // Those whose app may come back wait for it, and for no longer.
    await rig.clock.advance(10_000);
    assert.equal(rig.reattachTable.size, 0);
    assert.ok(connections.every(({ closed }) => closed));
    assert.equal(rig.clock.waiting, 0);
    assert.ok(listeners.every(({ ends }) => ends.length === 1));
    assert.ok(udps.every(({ ends }) => ends.length === 1));
    assert.ok(fetches.every(({ events }) => events.signal.aborted));
    assert.deepEqual(rig.log.errors.filter(({ event }) => event !== "relay-accept-fault"), []);
  }
  assert.ok(resumed > 20, `${resumed} connections gone on with`);
  assert.ok(ended > relays / 10 && ended < relays, `${ended} of ${relays} relays ended`);
});
