/** A stream that carries a UDP socket which the app asked for. @module */
import type { OpenUdpSession, UdpAsk } from "../actions/udp_session.ts";
import { maxDatagramBytes } from "../schema/datagram_wire.ts";
import type { ContextId } from "../schema/ids.ts";
import type { UdpOpenFrame } from "../schema/relay.ts";
import { OpeningStream, type RunningStream } from "./opening_stream.ts";
import type { RelayHost } from "./relay_stream.ts";
import { maxUdpWindow, UdpPump } from "./udp_pump.ts";

/** Opens the socket that `body` asks for, as stream `streamId` of the relay. */
export function openUdpStream(host: RelayHost, streamId: number, body: UdpOpenFrame): void {
  new OpeningStream(streamId, host, {
    credit: body.credit,
    open: (events) => host.opens.udp(toAsk(host.contextId, body), events),
    abandon: (opened) => opened.end(null),
    run: (opened, credit) => runUdpStream(host, streamId, opened, credit),
  });
}

function runUdpStream(
  host: RelayHost,
  streamId: number,
  opened: OpenUdpSession,
  appCredit: number,
): RunningStream {
  const { sender, limits, clock, log } = host;
  const { windowBytes, giveBack } = host.windows.take();
  const window = Math.max(1, Math.min(maxUdpWindow, Math.floor(windowBytes / maxDatagramBytes)));
  const pump = new UdpPump({
    ...{ streamId, opened, sender, appCredit, window, clock, log },
    maxWaitingBytes: windowBytes,
    lingerMs: limits.lingerMs,
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
      const { session, local, remote } = opened;
      sender.control({
        type: "OPENED",
        streamId,
        body: {
          sessionId: session.id,
          ...(remote && { remoteAddress: remote.address, remotePort: remote.port }),
          localAddress: local.address,
          localPort: local.port,
          credit: window,
        },
      });
      pump.start();
    },
  };
}

function toAsk(contextId: ContextId, body: UdpOpenFrame): UdpAsk {
  const { remoteAddress, remotePort, localAddress, dnsQueryType } = body;
  const common = {
    contextId,
    reason: body.reason ?? null,
    userActivation: body.userActivation,
    ...(body.frame && { frame: body.frame }),
  };
  if (localAddress === undefined) {
    return {
      kind: "connected",
      ...common,
      remoteAddress: remoteAddress ?? "",
      remotePort: remotePort ?? 0,
      ...(dnsQueryType && { family: dnsQueryType === "ipv4" ? 4 : 6 }),
    };
  }
  return {
    kind: "bound",
    ...common,
    localAddress,
    localPort: body.localPort,
    ipv6Only: body.ipv6Only ?? false,
    sharesAddress: body.multicastAllowAddressSharing ?? false,
    multicastTimeToLive: body.multicastTimeToLive,
    multicastLoopback: body.multicastLoopback ?? true,
  };
}
