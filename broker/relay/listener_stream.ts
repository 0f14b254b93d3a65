/** A stream that carries a TCP listener: each connection it takes becomes a stream that the broker begins. @module */
import type { ListenerAsk, OpenListenerSession } from "../actions/listener_session.ts";
import type { OpenTcpSession } from "../actions/tcp_session.ts";
import type { ContextId } from "../schema/ids.ts";
import type { TcpServerOpenFrame } from "../schema/relay.ts";
import { maxCreditBytes } from "../schema/relay_wire.ts";
import type { SessionError } from "../schema/session.ts";
import { OpeningStream, type RunningStream } from "./opening_stream.ts";
import { protocolError, type RelayHost, type StreamFrame } from "./relay_stream.ts";
import { pumpTcp } from "./tcp_stream.ts";

/** Opens the listener that `body` asks for, as stream `streamId` of the relay. */
export function openListenerStream(
  host: RelayHost,
  streamId: number,
  body: TcpServerOpenFrame,
): void {
  new OpeningStream(streamId, host, {
    credit: body.credit,
    open: (events) => host.opens.tcpServer(toAsk(host.contextId, body), events),
    abandon: (opened) => opened.end(null),
    run: (opened, credit) => new ListenerStream(host, streamId, opened, credit),
  });
}

/** A running listener. It accepts only what the app has credit for; the rest waits in the kernel. */
class ListenerStream implements RunningStream {
  readonly #host: RelayHost;
  readonly #streamId: number;
  readonly #opened: OpenListenerSession;
  /** Connections that the app will take. */
  #credit: number;
  #creditArrived: (() => void) | null = null;
  #over = false;

  constructor(host: RelayHost, streamId: number, opened: OpenListenerSession, credit: number) {
    this.#host = host;
    this.#streamId = streamId;
    this.#opened = opened;
    this.#credit = credit;
  }

  start(): void {
    const { session, listener: { local } } = this.#opened;
    const body = {
      sessionId: session.id,
      localAddress: local.address,
      localPort: local.port,
      credit: 0,
    };
    this.#host.sender.control({ type: "OPENED", streamId: this.#streamId, body });
    this.#acceptAll().catch((fault) => this.#fail(fault));
  }

  /** CREDIT is all that a listener takes. */
  receive(frame: StreamFrame): void {
    if (frame.type !== "CREDIT") {
      return this.end(protocolError(`A listener takes no ${frame.type}.`));
    }
    this.#credit = Math.min(this.#credit + frame.addedBytes, maxCreditBytes);
    this.#creditArrived?.();
  }

  /** The app is done listening; what was accepted lives on. */
  closedByApp(): void {
    this.#end(null);
  }

  /** Stops listening, and tells the app. */
  end(error: SessionError | null): void {
    if (this.#over) return;
    this.#host.sender.control({ type: "CLOSE", streamId: this.#streamId, body: { error } });
    this.#end(error);
  }

  async #acceptAll(): Promise<void> {
    while (!this.#over) {
      if (this.#credit === 0) {
        await new Promise<void>((resolve) => this.#creditArrived = resolve);
        this.#creditArrived = null;
        continue;
      }
      let cut: SessionError | null = null;
      let pump: RunningStream | null = null;
      const accepted = await this.#opened.accept({
        onCut: (error) => {
          cut = error;
          pump?.end(error);
        },
      });
      // Null: whoever closed the listener has told the app.
      if (!accepted) return;
      await this.#host.room();
      if (this.#over || cut) {
        accepted.end(cut);
        continue;
      }
      this.#credit--;
      pump = this.#begin(accepted);
    }
  }

  #begin(accepted: OpenTcpSession): RunningStream {
    const { session, connection: { local, remote } } = accepted;
    const streamId = this.#host.beginStreamId();
    // The app's first credit comes by CREDIT.
    const pump = pumpTcp(this.#host, streamId, accepted, 0, (credit) => ({
      type: "ACCEPTED",
      streamId,
      body: {
        listenerStreamId: this.#streamId,
        sessionId: session.id,
        remoteAddress: remote.address,
        remotePort: remote.port,
        localAddress: local.address,
        localPort: local.port,
        credit,
      },
    }));
    this.#host.put(streamId, pump);
    pump.start();
    return pump;
  }

  #end(error: SessionError | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#host.remove(this.#streamId);
    this.#opened.end(error);
    this.#creditArrived?.();
  }

  #fail(fault: unknown): void {
    if (this.#over) return;
    this.#host.log.error("relay-accept-fault", fault, { sessionId: this.#opened.session.id });
    this.end({
      code: "internal-error",
      phase: "transfer",
      message: "The broker failed to accept connections.",
    });
  }
}

function toAsk(contextId: ContextId, body: TcpServerOpenFrame): ListenerAsk {
  return {
    contextId,
    localAddress: body.localAddress,
    localPort: body.localPort ?? null,
    backlog: body.backlog,
    ipv6Only: body.ipv6Only,
    reason: body.reason ?? null,
    userActivation: body.userActivation,
    ...(body.frame && { frame: body.frame }),
  };
}
