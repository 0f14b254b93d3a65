/** The pump of a UDP socket: datagrams both ways by credit, group calls, and the news of what was dropped. @module */
import { type Clock, ConnectError, type Log } from "../actions/ports.ts";
import type { OpenUdpSession, OutgoingDatagram } from "../actions/udp_session.ts";
import type { GroupFrame } from "../schema/relay.ts";
import type { SessionError } from "../schema/session.ts";
import { DatagramInbox, maxWaitingDatagrams } from "./datagram_inbox.ts";
import type { FrameSender } from "./frame_sender.ts";
import { protocolError, type RelayStream, type StreamFrame } from "./relay_stream.ts";

/** The least time between two DROPPED frames. */
export const droppedIntervalMs = 1000;

/** What a pump works with. */
export interface UdpPumpParts {
  readonly streamId: number;
  readonly opened: OpenUdpSession;
  readonly sender: FrameSender;
  /** Datagrams that the app will take before it must give more credit. */
  readonly appCredit: number;
  /** Datagrams that the app may send before it is given more credit. */
  readonly window: number;
  /** How many bytes may wait for the app's credit. */
  readonly maxWaitingBytes: number;
  readonly lingerMs: number;
  readonly clock: Pick<Clock, "setTimer">;
  readonly log: Log;
  /** Called once, when the stream is over. */
  onEnd(): void;
}

/** One running stream of a UDP socket. */
export class UdpPump implements RelayStream {
  readonly #parts: UdpPumpParts;
  readonly #inbox: DatagramInbox;
  readonly #queue: OutgoingDatagram[] = [];
  #credit: number;
  /** Datagrams that left the queue since credit was last given for them. */
  #taken = 0;
  #draining = false;
  #left = false;
  #ended = false;
  #dropped = { receivedCount: 0, sentCount: 0 };
  #droppedError: SessionError | null = null;
  #droppedNews = false;
  #cancelDropped: (() => void) | null = null;
  #cancelLinger: (() => void) | null = null;

  constructor(parts: UdpPumpParts) {
    this.#parts = parts;
    this.#credit = parts.window;
    const { session, remote } = parts.opened;
    this.#inbox = new DatagramInbox({
      streamId: parts.streamId,
      sender: parts.sender,
      namesPeer: remote === null,
      credit: parts.appCredit,
      maxWaitingBytes: parts.maxWaitingBytes,
      onDelivered: (byteCount) => {
        session.bytesReceived += byteCount;
        if (session.datagrams) session.datagrams.received++;
      },
      onDropped: () => {
        if (session.datagrams) session.datagrams.droppedReceived++;
        this.#countDropped("receivedCount");
      },
    });
  }

  /** Starts receiving. */
  start(): void {
    const { streamId, opened, sender } = this.#parts;
    opened.receive({
      onDatagram: (bytes, from) => this.#inbox.push(bytes, from),
      onDropped: (error) => this.#countDropped("sentCount", error),
      onFault: (error) => this.end(error),
      onLeft: (group) => {
        const body = { callId: 0, ...group };
        if (!this.#quiet) sender.control({ type: "LEAVE", streamId, body });
      },
      onWaiting: (requestId) => {
        if (!this.#quiet) sender.control({ type: "WAITING", streamId, body: { requestId } });
      },
    });
  }

  /** A frame of the app came. */
  receive(frame: StreamFrame): void {
    if (this.#left) return;
    switch (frame.type) {
      case "DATAGRAM":
        return this.#push(frame);
      case "CREDIT":
        return this.#inbox.addCredit(frame.addedBytes);
      case "STOP":
        return this.#inbox.close();
      case "JOIN":
        return this.#answer(frame.body, this.#parts.opened.join(toAsk(frame.body)));
      case "LEAVE":
        return this.#answer(frame.body, this.#leaveGroup(frame.body));
      default:
        return this.end(protocolError(`A UDP socket takes no ${frame.type}.`));
    }
  }

  /** CLOSE came: what the app had sent is still sent on, unless it breaks off. */
  closedByApp(error: SessionError | null): void {
    if (this.#left) return;
    if (error !== null || !this.#draining) return this.end(null, false);
    this.#left = true;
    this.#inbox.close();
    const { clock, lingerMs } = this.#parts;
    this.#cancelLinger = clock.setTimer(lingerMs, () => this.end(null));
  }

  /** Ends the stream at once; does nothing when it is over already. */
  end(error: SessionError | null, tellApp = true): void {
    if (this.#ended) return;
    const { streamId, opened, sender, onEnd } = this.#parts;
    const tells = tellApp && !this.#left;
    if (tells && this.#droppedNews) this.#tellDropped();
    this.#ended = true;
    this.#cancelDropped?.();
    this.#cancelLinger?.();
    this.#queue.length = 0;
    this.#inbox.close();
    if (tells) sender.control({ type: "CLOSE", streamId, body: { error } });
    opened.end(error);
    onEnd();
  }

  /** Whether the app is told nothing more. */
  get #quiet(): boolean {
    return this.#ended || this.#left;
  }

  #push({ host, port, family, bytes }: Extract<StreamFrame, { type: "DATAGRAM" }>): void {
    if (this.#credit === 0) {
      return this.end(protocolError("The app sent more datagrams than it had credit for."));
    }
    if ((host === "") !== (this.#parts.opened.remote !== null)) {
      return this.end(protocolError(
        host === "" ? "A bound socket has no peer." : "A connected socket sends to its peer only.",
      ));
    }
    this.#credit--;
    this.#queue.push({ host, port, family: family === 0 ? undefined : family, bytes });
    if (this.#draining) return;
    this.#draining = true;
    this.#drain().catch((fault) => this.#fail(fault));
  }

  async #drain(): Promise<void> {
    const { opened, window } = this.#parts;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      await opened.send(next);
      if (this.#ended) return;
      if (++this.#taken * 4 >= window) this.#giveCredit();
    }
    this.#draining = false;
    if (this.#left) this.end(null);
  }

  #giveCredit(): void {
    const { streamId, sender } = this.#parts;
    this.#credit += this.#taken;
    if (!this.#quiet) sender.control({ type: "CREDIT", streamId, addedBytes: this.#taken });
    this.#taken = 0;
  }

  #leaveGroup(group: GroupFrame): Promise<void> {
    return Promise.try(() => this.#parts.opened.leave(toAsk(group)));
  }

  #answer({ callId }: GroupFrame, outcome: Promise<void>): void {
    const { streamId, sender } = this.#parts;
    const done = (error: SessionError | null) => {
      if (!this.#quiet) sender.control({ type: "DONE", streamId, body: { callId, error } });
    };
    outcome.then(() => done(null), (fault) => done(this.#toError(fault)));
  }

  #countDropped(which: "receivedCount" | "sentCount", error: SessionError | null = null): void {
    this.#dropped[which]++;
    if (error) this.#droppedError = error;
    if (this.#quiet) return;
    this.#droppedNews = true;
    if (!this.#cancelDropped) this.#tellDropped();
  }

  #tellDropped(): void {
    const { streamId, sender, clock } = this.#parts;
    this.#droppedNews = false;
    const error = this.#droppedError;
    sender.control({
      type: "DROPPED",
      streamId,
      body: { ...this.#dropped, ...(error && { error }) },
    });
    this.#cancelDropped?.();
    this.#cancelDropped = clock.setTimer(droppedIntervalMs, () => {
      this.#cancelDropped = null;
      if (this.#droppedNews && !this.#quiet) this.#tellDropped();
    });
  }

  #fail(fault: unknown): void {
    if (!this.#ended) this.end(this.#toError(fault));
  }

  #toError(fault: unknown): SessionError {
    if (fault instanceof ConnectError) return fault.error;
    this.#parts.log.error("udp-pump-fault", fault, { sessionId: this.#parts.opened.session.id });
    const message = "The broker failed to carry this socket's datagrams.";
    return { code: "internal-error", phase: "transfer", message };
  }
}

/** The most that is given as credit: as many as may wait. */
export const maxUdpWindow = maxWaitingDatagrams;

function toAsk({ groupAddress, sourceAddress }: GroupFrame) {
  return { groupAddress, ...(sourceAddress !== undefined && { sourceAddress }) };
}
