/**
 * A stream of a TCP connection that its app may come back to: when its relay is lost it is parked, and goes on by another
 * relay with exactly the bytes that the other side has not got. The pump that moves the bytes hears nothing of it.
 *
 * @module
 */
import type { OpenTcpSession } from "../actions/tcp_session.ts";
import type { OpenedFrame, ResumeOpenFrame } from "../schema/relay.ts";
import { maxDataBytes, maxReattachBytes } from "../schema/relay_wire.ts";
import type { SessionError } from "../schema/session.ts";
import { type Frame, writeDataHeader } from "./frame_codec.ts";
import { openedBody } from "./opened_body.ts";
import type { RunningStream } from "./opening_stream.ts";
import { payloadStart } from "./read_buffers.ts";
import { headerRoomBytes } from "./relay_socket.ts";
import type { RelayHost, StreamFrame } from "./relay_stream.ts";
import { ReplayBuffer } from "./replay_buffer.ts";
import { notResumable } from "./resume_stream.ts";
import { TcpPump } from "./tcp_pump.ts";

/** A running stream with a pump behind it, which takes it for a relay that is never lost. */
export class ReattachableStream implements RunningStream {
  readonly #opened: OpenTcpSession;
  readonly #pump: TcpPump;
  readonly #windowBytes: number;
  readonly #replay: ReplayBuffer;
  #host: RelayHost;
  #streamId: number;
  #giveBackWindow: () => void;
  /** Bytes of DATA that the app has sent, and may send in all. */
  #receivedBytes = 0;
  #givenBytes: number;
  #finReceived = false;
  #finSent = false;
  /** The app reads no more, or has let go. */
  #left = false;
  #over = false;
  /** There while the stream is parked: what the pump waits for, and the time that the app has. */
  #parked: { resumed: PromiseWithResolvers<void>; cancel: () => void } | null = null;

  /** @param appCreditBytes Bytes that the app will take. */
  constructor(
    host: RelayHost,
    streamId: number,
    opened: OpenTcpSession,
    appCreditBytes: number,
  ) {
    this.#host = host;
    this.#streamId = streamId;
    this.#opened = opened;
    const { windows, limits, reattach: { table, owner } } = host;
    const { windowBytes, giveBack } = windows.take(limits.maxReattachWindowBytes);
    this.#windowBytes = this.#givenBytes = windowBytes;
    this.#giveBackWindow = giveBack;
    const room = table.room(owner.appId, limits.replayPoolBytes);
    this.#replay = new ReplayBuffer(room, maxReattachBytes);
    const { clock, log } = host;
    this.#pump = new TcpPump({
      ...{ streamId, opened, appCreditBytes, windowBytes, limits, clock, log },
      sender: { control: (frame) => this.#control(frame), data: (message) => this.#data(message) },
      mayEnd: () => this.#parked === null,
      onEnd: () => this.#ended(),
    });
  }

  /** Tells the app by OPENED, and starts moving bytes. */
  start(): void {
    this.#announce(this.#windowBytes);
    this.#pump.start();
  }

  /** A frame of the app came. */
  receive(frame: StreamFrame): void {
    if (frame.type === "DATA") this.#receivedBytes += frame.bytes.length;
    if (frame.type === "CREDIT") this.#replay.acknowledge(frame.addedBytes);
    if (frame.type === "FIN") this.#finReceived = true;
    if (frame.type === "STOP") this.#left = true;
    this.#pump.receive(frame);
  }

  /** The app lets go of the connection, or breaks it off. */
  closedByApp(error: SessionError | null): void {
    this.#left = true;
    this.#pump.closedByApp(error);
  }

  /** Ends it, parked or not. */
  end(error: SessionError | null): void {
    this.#pump.end(error);
  }

  /** The relay is lost: the stream waits for its app, which has little time; or it ends, when nobody can come back for it. */
  relayLost(error: SessionError): void {
    if (this.#left || !this.#replay.whole) return this.end(error);
    const { clock, limits: { reattachMs } } = this.#host;
    const cancel = clock.setTimer(reattachMs, () => this.end(stayedAway(reattachMs)));
    this.#parked = { resumed: Promise.withResolvers(), cancel };
    this.#giveBackWindow();
    this.#host.remove(this.#streamId);
    this.#host.reattach.onParked(this.#opened.session);
  }

  /** Goes on as stream `streamId` of another relay, of the same app; ends when the app's counts do not fit. */
  resume(host: RelayHost, streamId: number, app: ResumeOpenFrame): void {
    if (!this.#parked) this.#takeAway();
    const parked = this.#parked;
    if (this.#over || !parked || !this.#fits(app)) {
      host.sender.control({ type: "CLOSE", streamId, body: { error: notResumable } });
      return this.end(notResumable);
    }
    parked.cancel();
    this.#parked = null;
    this.#host = host;
    this.#streamId = streamId;
    this.#giveBackWindow = host.windows.retake(this.#windowBytes);
    host.put(streamId, this);
    host.reattach.onResumed(this.#opened.session, host.contextId);
    const takenBytes = app.receivedBytes - this.#replay.startOffset;
    this.#replay.acknowledge(takenBytes);
    this.#announce(this.#givenBytes - this.#receivedBytes, {
      receivedBytes: this.#receivedBytes,
      creditedBytes: this.#givenBytes - this.#windowBytes,
      sentBytes: this.#replay.endOffset,
      finReceived: this.#finReceived,
    });
    this.#sendAgain();
    if (takenBytes > 0) this.#pump.addCredit(takenBytes);
    parked.resumed.resolve();
    this.#pump.endWhenDone();
  }

  /** The app is back before its old relay was found to be lost. */
  #takeAway(): void {
    const { sender } = this.#host;
    this.relayLost(wentOnElsewhere);
    if (this.#over) return;
    const body = { error: wentOnElsewhere };
    sender.control({ type: "CLOSE", streamId: this.#streamId, body });
  }

  /** Whether both sides count alike, as far as each can know. */
  #fits({ receivedBytes, sentBytes }: ResumeOpenFrame): boolean {
    const { startOffset, endOffset, whole } = this.#replay;
    return whole && receivedBytes >= startOffset && receivedBytes <= endOffset &&
      sentBytes >= this.#receivedBytes && sentBytes <= this.#givenBytes;
  }

  #announce(credit: number, resumed?: OpenedFrame["resumed"]): void {
    const { sender, reattach: { table, owner } } = this.#host;
    const resumeSecret = table.enter(owner, this.#opened.session.id, this);
    const body = {
      ...openedBody(this.#opened, credit),
      resumeSecret,
      ...(resumed && { resumed }),
    };
    sender.control({ type: "OPENED", streamId: this.#streamId, body });
  }

  #sendAgain(): void {
    const { sender } = this.#host;
    for (const piece of this.#replay.pieces()) {
      for (let at = 0; at < piece.length; at += maxDataBytes) {
        const bytes = piece.subarray(at, at + maxDataBytes);
        const message = new Uint8Array(payloadStart + bytes.length);
        message.set(bytes, payloadStart);
        const frame = message.subarray(headerRoomBytes);
        writeDataHeader(frame, this.#streamId);
        sender.data(frame);
      }
    }
    if (this.#finSent) sender.control({ type: "FIN", streamId: this.#streamId });
  }

  /** What the pump sends: held back while nobody hears it, as far as it matters after that. */
  #control(frame: Exclude<Frame, { type: "DATA" }>): void {
    if (frame.type === "CREDIT") this.#givenBytes += frame.addedBytes;
    if (frame.type === "FIN") this.#finSent = true;
    if (!this.#parked) this.#host.sender.control({ ...frame, streamId: this.#streamId });
  }

  /** The promise of a parked stream keeps the pump from reading on: the server then waits, by the kernel's own means. */
  #data(frame: Uint8Array): Promise<void> {
    this.#replay.push(frame.subarray(payloadStart - headerRoomBytes));
    if (!this.#parked) {
      writeDataHeader(frame, this.#streamId);
      return this.#host.sender.data(frame);
    }
    if (!this.#replay.whole) this.end(tooMuchToKeep);
    return this.#parked?.resumed.promise ?? Promise.resolve();
  }

  #ended(): void {
    this.#over = true;
    this.#replay.clear();
    const { table } = this.#host.reattach;
    table.leave(this.#opened.session.id);
    const parked = this.#parked;
    this.#parked = null;
    parked?.cancel();
    parked?.resumed.resolve();
    if (parked) return;
    this.#host.remove(this.#streamId);
    this.#giveBackWindow();
  }
}

function stayedAway(reattachMs: number): SessionError {
  const message = `The app did not come back within ${Math.round(reattachMs / 1000)} seconds.`;
  return { code: "app-gone", phase: "transfer", message };
}

const tooMuchToKeep: SessionError = {
  code: "app-gone",
  phase: "transfer",
  message: "The app is gone, and no more can be kept for it.",
};

const wentOnElsewhere: SessionError = {
  code: "app-gone",
  phase: "transfer",
  message: "The app goes on with this connection elsewhere.",
};
