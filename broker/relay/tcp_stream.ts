/** A stream that carries a TCP connection which the app asked for. @module */
import type { OpenTcpSession, TcpAsk } from "../actions/tcp_session.ts";
import type { ContextId } from "../schema/ids.ts";
import type { TcpOpenFrame } from "../schema/relay.ts";
import type { Frame } from "./frame_codec.ts";
import { openedBody } from "./opened_body.ts";
import { OpeningStream, type RunningStream } from "./opening_stream.ts";
import { ReattachableStream } from "./reattachable_stream.ts";
import type { RelayHost } from "./relay_stream.ts";
import { TcpPump } from "./tcp_pump.ts";

/** A frame that a stream sends and that carries no bytes. */
type ControlFrame = Exclude<Frame, { type: "DATA" }>;

/** Opens the connection that `body` asks for, as stream `streamId` of the relay. */
export function openTcpStream(host: RelayHost, streamId: number, body: TcpOpenFrame): void {
  new OpeningStream(streamId, host, {
    credit: body.credit,
    open: (events) => host.opens.tcp(toAsk(host.contextId, body), events),
    abandon: (opened) => {
      opened.connection.close();
      opened.end(null);
    },
    run: (opened, credit) =>
      body.reattachable ? new ReattachableStream(host, streamId, opened, credit) : pumpTcp(
        host,
        streamId,
        opened,
        credit,
        (credit) => ({ type: "OPENED", streamId, body: openedBody(opened, credit) }),
      ),
  });
}

/**
 * Makes the stream of an open connection.
 *
 * @param appCreditBytes Bytes that the app will take.
 * @param announce Makes the frame that tells the app, given the bytes that the app may send.
 */
export function pumpTcp(
  host: RelayHost,
  streamId: number,
  opened: OpenTcpSession,
  appCreditBytes: number,
  announce: (credit: number) => ControlFrame,
): RunningStream {
  const { sender, limits, clock, log } = host;
  const { windowBytes, giveBack } = host.windows.take();
  const pump = new TcpPump({
    streamId,
    opened,
    sender,
    appCreditBytes,
    windowBytes,
    limits,
    clock,
    log,
    onEnd: () => {
      host.remove(streamId);
      giveBack();
    },
  });
  return {
    receive: (frame) => pump.receive(frame),
    closedByApp: (error) => pump.closedByApp(error),
    end: (error) => pump.end(error),
    start: () => {
      sender.control(announce(windowBytes));
      pump.start();
    },
  };
}

function toAsk(contextId: ContextId, body: TcpOpenFrame): TcpAsk {
  return {
    contextId,
    remoteAddress: body.remoteAddress,
    remotePort: body.remotePort,
    noDelay: body.noDelay,
    keepAlive: body.keepAliveDelayMs !== undefined,
    ...(body.dnsQueryType && { family: body.dnsQueryType === "ipv4" ? 4 : 6 }),
    ...(body.tls && { tls: body.tls }),
    ...(body.upgradable && { upgradable: true }),
    reason: body.reason ?? null,
    userActivation: body.userActivation,
    ...(body.frame && { frame: body.frame }),
  };
}
