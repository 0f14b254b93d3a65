/** OPEN for a stream socket, made from its arguments. @module */
import type { TcpOpenFrame } from "../schema/relay.ts";
import type { Gatehouse } from "./gatehouse.ts";
import type { TCPSocketOptions } from "./tcp_socket_options.ts";

/** How many bytes may wait here for the reader unless `receiveBufferSize` says otherwise. */
export const defaultWindowBytes: number = 1024 * 1024;
const longestReason = 140;

/** What OPEN says whatever the socket: what a person is told of it. */
export function askOf(
  { environment }: Gatehouse,
  reason: string | undefined,
): Pick<TcpOpenFrame, "reason" | "userActivation" | "frame"> {
  const frame = environment.frame();
  return {
    ...(reason !== undefined && { reason: reason.slice(0, longestReason) }),
    userActivation: environment.userActivation(),
    ...(frame && { frame }),
  };
}

/** Makes OPEN for a plain connection. */
export function streamOpenFrame(
  gatehouse: Gatehouse,
  remoteAddress: string,
  remotePort: number,
  options: TCPSocketOptions,
): TcpOpenFrame {
  const { keepAliveDelay, dnsQueryType, reason } = options;
  const upgradable = options.secureTransport === "starttls";
  return {
    protocol: "tcp",
    remoteAddress,
    remotePort,
    credit: upgradable ? 0 : options.receiveBufferSize ?? defaultWindowBytes,
    noDelay: options.noDelay ?? false,
    ...(keepAliveDelay !== undefined && { keepAliveDelayMs: keepAliveDelay }),
    ...(dnsQueryType && { dnsQueryType }),
    ...(upgradable && { upgradable }),
    ...(options.reattach && { reattachable: true }),
    ...askOf(gatehouse, reason),
  };
}
