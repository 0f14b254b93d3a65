/** The socket behind a stream of Wisp: TCP or UDP, as its CONNECT asked. @module */
import type { Clock, Log } from "../actions/ports.ts";
import type { ContextId } from "../schema/ids.ts";
import type { FrontEndLimits } from "./front_end_limits.ts";
import { FrontDatagrams } from "./front_datagrams.ts";
import {
  frontEndAsk,
  type FrontSocket,
  FrontStream,
  type FrontStreamParts,
} from "./front_stream.ts";
import type { OpenSocket } from "./open_socket.ts";
import type { OpenUdp } from "./relay_opens.ts";
import { wispHeaderBytes, type WispPacket, wispStreamType } from "./wisp_codec.ts";

/** What sockets are opened with. */
export interface WispSocketParts {
  readonly contextId: ContextId;
  readonly open: OpenSocket;
  readonly openUdp: OpenUdp;
  readonly clock: Pick<Clock, "setTimer">;
  readonly log: Log;
}

/** What a socket tells its stream. `onOpen` and `onWritten`, which credit follows, are of TCP alone. */
export type WispSocketEvents = Pick<
  FrontStreamParts,
  "send" | "onOpen" | "onWritten" | "onHeld" | "onEnd" | "onDone"
>;

/** Opens the socket of a CONNECT. */
export function openWispSocket(
  { streamType, host, port }: Pick<
    Extract<WispPacket, { type: "CONNECT" }>,
    "streamType" | "host" | "port"
  >,
  { contextId, open, openUdp, clock, log }: WispSocketParts,
  limits: FrontEndLimits,
  events: WispSocketEvents,
): FrontSocket {
  const ask = frontEndAsk(contextId, host, port);
  const common = { clock, log, headerBytes: wispHeaderBytes };
  if (streamType === wispStreamType.tcp) {
    return new FrontStream({ ...common, ...events, open, ask, limits });
  }
  const { remoteAddress, remotePort, reason, userActivation } = ask;
  const { send, onHeld, onEnd, onDone } = events;
  return new FrontDatagrams({
    ...common,
    ...{ send, onHeld, onEnd, onDone },
    open: openUdp,
    ask: { kind: "connected", contextId, remoteAddress, remotePort, reason, userActivation },
    lingerMs: limits.lingerMs,
  });
}
