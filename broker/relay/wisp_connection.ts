/** One Wisp connection: the streams that one WebSocket of one client carries, and the rules that its packets must keep. @module */
import { relayCloseCode } from "../schema/relay_wire.ts";
import type { SessionError } from "../schema/session.ts";
import { FrameSender } from "./frame_sender.ts";
import { defaultFrontEndLimits, type FrontEndLimits } from "./front_end_limits.ts";
import { frontEndError, type FrontSocket } from "./front_stream.ts";
import { keepAlive } from "./keep_alive.ts";
import type { RelaySocket } from "./relay_socket.ts";
import {
  decodeWispPacket,
  encodeWispPacket,
  WispError,
  wispExtension,
  type WispPacket,
  type WispReason,
  wispReason,
  wispStreamType,
  writeWispDataHeader,
} from "./wisp_codec.ts";
import { toWispReason } from "./wisp_reason.ts";
import { openWispSocket, type WispSocketParts } from "./wisp_socket.ts";

/** RFC 6455 section 7.4.1. */
const normalClosure = 1000;

/** The versions of Wisp that are spoken. */
export type WispVersion = 1 | 2;

/** What a connection works with. */
export interface WispParts extends WispSocketParts {
  readonly webSocket: RelaySocket;
  readonly version: WispVersion;
  readonly limits?: Partial<FrontEndLimits>;
}

/** A stream that the client has not let go of. */
interface WispStream {
  readonly stream: FrontSocket;
  /**
   * Packets that the client may still send by all the credit it was given. CONTINUE sets the client's credit at the moment
   * it arrives, when packets may be on their way: an upper bound is all that can be known here. Datagrams take none.
   */
  allowedPackets: number;
  writtenPackets: number;
}

/**
 * A Wisp connection at work. A packet that breaks the rules ends its stream, or the connection where it belongs to none; a
 * fault of one stream reaches no other.
 */
export class WispConnection {
  /** Resolves when the WebSocket is closed and every stream ended. Never rejects. */
  readonly closed: Promise<void>;
  readonly #parts: WispParts;
  readonly #limits: FrontEndLimits;
  readonly #sender: FrameSender<WispPacket>;
  readonly #streams = new Map<number, WispStream>();
  /** Those above, and those whose last bytes are still being written. */
  readonly #lasting = new Set<FrontSocket>();
  #heldBytes = 0;
  #confirmsStreams = false;
  /** Whether datagrams are spoken: always by version 1, by version 2 where the client has the extension too. */
  #carriesUdp: boolean;
  #closing = false;
  /** Calls the wait for the client's INFO off; null when none is awaited. */
  #endHandshake: (() => void) | null = null;

  /** Starts serving at once. */
  constructor(parts: WispParts) {
    this.#parts = parts;
    this.#carriesUdp = parts.version === 1;
    this.#limits = { ...defaultFrontEndLimits, ...parts.limits };
    const { webSocket, clock, log } = parts;
    this.#sender = new FrameSender(
      webSocket,
      encodeWispPacket,
      this.#limits.maxPendingControlBytes,
    );
    const endKeepAlive = keepAlive(webSocket, clock, this.#limits.pingIntervalMs);
    webSocket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    webSocket.on("error", (fault) => log.info("wisp-error", { message: fault.message }));
    this.closed = new Promise((resolve) => {
      webSocket.on("close", () => {
        endKeepAlive();
        this.#endHandshake?.();
        this.#closing = true;
        this.#sender.stop();
        // Those that the client had let go of may still be writing its last bytes.
        for (const { stream } of [...this.#streams.values()]) stream.end(appGone);
        resolve();
      });
    });
    if (parts.version === 1) this.#giveCredit(0, this.#limits.creditPackets);
    else this.#greet();
  }

  /** How many streams there are, those being opened included. */
  get streamCount(): number {
    return this.#streams.size;
  }

  /**
   * Ends the connection and all of its streams; does nothing when it is ending already.
   *
   * @param closeCode A close code of RFC 6455, `relayCloseCode` has them.
   * @param reason Why, at most 123 bytes of ASCII.
   * @param error What the sessions are ended with.
   */
  close(
    closeCode: number,
    reason: string,
    error: SessionError = frontEndError("broker-stopping", reason),
  ): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#endHandshake?.();
    for (const stream of [...this.#lasting]) stream.end(error);
    this.#sender.stop();
    this.#parts.webSocket.close(closeCode, reason);
  }

  /** Version 2: INFO from here, INFO from there within its time, then the first CONTINUE. */
  #greet(): void {
    this.#sender.control({
      type: "INFO",
      streamId: 0,
      major: 2,
      minor: 0,
      extensions: [wispExtension.udp, wispExtension.streamConfirmation].map((id) => ({
        id,
        payload: new Uint8Array(0),
      })),
    });
    const { clock } = this.#parts;
    this.#endHandshake = clock.setTimer(
      this.#limits.infoTimeoutMs,
      () => this.#refuseHandshake("no INFO came in time"),
    );
  }

  #receive(data: Uint8Array | ArrayBuffer | Uint8Array[], isBinary: boolean): void {
    // The protocol has no text messages; its servers pass over them.
    if (this.#closing || !isBinary) return;
    try {
      this.#handle(decodeWispPacket(wholeMessage(data)));
    } catch (fault) {
      if (!(fault instanceof WispError)) {
        this.#parts.log.error("wisp-fault", fault, { contextId: this.#parts.contextId });
        return this.#refuse(relayCloseCode.internalError, "the broker failed to handle a packet");
      }
      const { streamId, reason } = fault;
      if (streamId === 0 || this.#endHandshake) {
        return this.#refuse(relayCloseCode.protocolError, reason);
      }
      this.#breach(streamId, reason);
    }
  }

  #handle(packet: WispPacket): void {
    if (this.#endHandshake) return this.#finishHandshake(packet);
    const { streamId } = packet;
    switch (packet.type) {
      case "CONNECT":
        return this.#connect(packet);
      case "DATA":
        return this.#data(streamId, packet.bytes);
      case "CLOSE":
        return streamId === 0 ? this.#closedByClient() : this.#letGo(streamId);
      case "CONTINUE":
        throw new WispError(streamId, "CONTINUE is for the server to send");
      case "INFO":
        throw new WispError(0, "INFO outside the handshake");
    }
  }

  #finishHandshake(packet: WispPacket): void {
    if (packet.type !== "INFO") return this.#refuseHandshake("INFO has to come first");
    if (packet.major < 2) return this.#refuseHandshake("INFO of a version that has none");
    this.#endHandshake?.();
    this.#endHandshake = null;
    const shares = (wanted: number) => packet.extensions.some(({ id }) => id === wanted);
    this.#confirmsStreams = shares(wispExtension.streamConfirmation);
    this.#carriesUdp = shares(wispExtension.udp);
    this.#giveCredit(0, this.#limits.creditPackets);
  }

  #refuseHandshake(reason: string): void {
    this.#tellClosed(0, wispReason.incompatible);
    this.#refuse(relayCloseCode.protocolError, reason);
  }

  #refuse(closeCode: number, reason: string): void {
    this.close(closeCode, reason, frontEndError("protocol-error", reason));
  }

  #connect(
    { streamId, streamType, host, port }: Extract<WispPacket, { type: "CONNECT" }>,
  ): void {
    if (streamId === 0) throw new WispError(0, "CONNECT for stream 0");
    if (this.#streams.has(streamId)) throw new WispError(streamId, "CONNECT for a live stream");
    const isUdp = streamType === wispStreamType.udp;
    if (isUdp && !this.#carriesUdp) return this.#tellClosed(streamId, wispReason.blocked);
    if (!isUdp && streamType !== wispStreamType.tcp) {
      throw new WispError(streamId, "CONNECT of an unknown type");
    }
    if (this.#streams.size >= this.#limits.maxStreams) {
      return this.#tellClosed(streamId, wispReason.throttled);
    }
    const stream = openWispSocket({ streamType, host, port }, this.#parts, this.#limits, {
      send: (message) => {
        writeWispDataHeader(message, streamId);
        return this.#sender.data(message);
      },
      onOpen: () => {
        if (this.#confirmsStreams) this.#continue(streamId, held);
      },
      onWritten: (packets) => {
        held.writtenPackets += packets;
        if (held.writtenPackets < this.#limits.packetsPerContinue) return;
        held.writtenPackets -= this.#limits.packetsPerContinue;
        this.#continue(streamId, held);
      },
      onHeld: (addedBytes) => this.#heldBytes += addedBytes,
      onEnd: (error) => {
        this.#streams.delete(streamId);
        this.#tellClosed(streamId, toWispReason(error));
      },
      onDone: () => this.#lasting.delete(stream),
    });
    const allowedPackets = isUdp ? Infinity : this.#limits.creditPackets;
    const held = { stream, allowedPackets, writtenPackets: 0 };
    this.#streams.set(streamId, held);
    this.#lasting.add(stream);
  }

  #data(streamId: number, bytes: Uint8Array): void {
    const held = this.#streams.get(streamId);
    if (!held) return; // It crossed the CLOSE of its stream on the way.
    if (held.allowedPackets === 0) {
      return held.stream.end(frontEndError("limited", "The app sent more than it had credit for."));
    }
    held.allowedPackets--;
    held.stream.push(bytes);
    if (this.#heldBytes > this.#limits.maxHeldBytes) this.#endLargest();
  }

  #closedByClient(): void {
    this.close(normalClosure, "", appGone);
  }

  #letGo(streamId: number): void {
    const held = this.#streams.get(streamId);
    this.#streams.delete(streamId);
    held?.stream.leave();
  }

  /** Too much is held: whoever holds the most of it goes, so that the others are not made to pay for that one. */
  #endLargest(): void {
    const [largest] = [...this.#lasting].sort((one, other) => other.heldBytes - one.heldBytes);
    largest?.end(frontEndError("limited", "The app sent more than the other side takes."));
  }

  #continue(streamId: number, held: WispStream): void {
    const free = Math.max(0, this.#limits.creditPackets - held.stream.queuedPackets);
    held.allowedPackets += free;
    this.#giveCredit(streamId, free);
  }

  #giveCredit(streamId: number, creditPackets: number): void {
    this.#sender.control({ type: "CONTINUE", streamId, creditPackets });
  }

  #breach(streamId: number, message: string): void {
    const held = this.#streams.get(streamId);
    if (held) held.stream.end(frontEndError("protocol-error", message));
    else this.#tellClosed(streamId, wispReason.invalid);
  }

  #tellClosed(streamId: number, reason: WispReason): void {
    this.#sender.control({ type: "CLOSE", streamId, reason });
  }
}

const appGone = frontEndError("app-gone", "The app closed its connection to the broker.");

function wholeMessage(data: Uint8Array | ArrayBuffer | Uint8Array[]): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new TypeError("The WebSocket delivers fragments");
}
