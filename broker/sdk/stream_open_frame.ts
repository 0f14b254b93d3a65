/** OPEN for a stream socket, made from its arguments. @module */
import type { TcpOpenFrame } from "../schema/relay.ts";
import type { Gatehouse } from "./gatehouse.ts";
import type { TCPSocketOptions } from "./tcp_socket_options.ts";

/** How many bytes may wait here for the reader unless `receiveBufferSize` says otherwise. */
const defaultWindowBytes = 1024 * 1024;
const longestReason = 140;

/** Makes OPEN for a plain connection. */
export function streamOpenFrame(
  gatehouse: Gatehouse,
  remoteAddress: string,
  remotePort: number,
  options: TCPSocketOptions,
): TcpOpenFrame {
  const { keepAliveDelay, dnsQueryType, reason } = options;
  const frame = gatehouse.environment.frame();
  return {
    protocol: "tcp",
    remoteAddress,
    remotePort,
    credit: options.receiveBufferSize ?? defaultWindowBytes,
    noDelay: options.noDelay ?? false,
    ...(keepAliveDelay !== undefined && { keepAliveDelayMs: keepAliveDelay }),
    ...(dnsQueryType && { dnsQueryType }),
    ...(reason !== undefined && { reason: reason.slice(0, longestReason) }),
    userActivation: gatehouse.environment.userActivation(),
    ...(frame && { frame }),
  };
}
