/** A stream that carries a TCP connection which the app asked for. @module */
import type { OpenTcpSession, TcpAsk } from "../actions/tcp_session.ts";
import type { ContextId } from "../schema/ids.ts";
import type { TcpOpenFrame } from "../schema/relay.ts";
import { OpeningStream, type RunningStream } from "./opening_stream.ts";
import type { RelayHost } from "./relay_stream.ts";
import { TcpPump } from "./tcp_pump.ts";

/** Opens the connection that `body` asks for, as stream `streamId` of the relay. */
export function openTcpStream(host: RelayHost, streamId: number, body: TcpOpenFrame): void {
  new OpeningStream(streamId, host, {
    credit: body.credit,
    open: (events) => host.opens.tcp(toAsk(host.contextId, body), events),
    abandon: (opened) => {
      opened.connection.close();
      opened.end(null);
    },
    run: (opened, credit) => runTcpStream(host, streamId, opened, credit),
  });
}

function runTcpStream(
  host: RelayHost,
  streamId: number,
  opened: OpenTcpSession,
  appCreditBytes: number,
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
      const { session } = opened;
      const { local, remote } = opened.connection;
      sender.control({
        type: "OPENED",
        streamId,
        body: {
          sessionId: session.id,
          remoteAddress: remote.address,
          remotePort: remote.port,
          localAddress: local.address,
          localPort: local.port,
          ...(session.tls && { tls: session.tls }),
          credit: windowBytes,
        },
      });
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
    reason: body.reason ?? null,
    userActivation: body.userActivation,
    ...(body.frame && { frame: body.frame }),
  };
}
