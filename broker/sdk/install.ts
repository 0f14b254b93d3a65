/** `install()`: puts the standard names where code that was written for native sockets finds them. @module */
import { connect } from "./connect.ts";
import type { ConnectOptions, Gatehouse } from "./gatehouse.ts";
import { openTCPSocket } from "./legacy_tcp_socket.ts";
import { openUDPSocket } from "./legacy_udp_socket.ts";
import { MulticastController } from "./multicast_controller.ts";
import { TCPServerSocket } from "./tcp_server_socket.ts";
import { TCPSocket } from "./tcp_socket.ts";
import { TLSSocket } from "./tls_socket.ts";
import { UDPSocket } from "./udp_socket.ts";

/** A global scope: a window, a worker, or something that stands in for one. */
export interface InstallScope {
  readonly isSecureContext?: boolean;
  readonly navigator?: object;
}

/**
 * Connects, and defines `TCPSocket`, `UDPSocket`, `TCPServerSocket`, `TLSSocket`, `MulticastController`,
 * `navigator.openTCPSocket` and `navigator.openUDPSocket` in `scope`: only where the context is secure (or says nothing
 * about it, as outside a browser), and only where there is none already.
 *
 * @returns and throws as `connect()` does; the names are defined at once.
 */
export function install(scope: InstallScope, options: ConnectOptions): Promise<Gatehouse> {
  if (scope.isSecureContext !== false) {
    define(scope, "TCPSocket", TCPSocket);
    define(scope, "TCPServerSocket", TCPServerSocket);
    define(scope, "TLSSocket", TLSSocket);
    define(scope, "UDPSocket", UDPSocket);
    define(scope, "MulticastController", MulticastController);
    if (scope.navigator) {
      define(scope.navigator, "openTCPSocket", openTCPSocket);
      define(scope.navigator, "openUDPSocket", openUDPSocket);
    }
  }
  return connect(options);
}

function define(target: object, name: string, value: unknown): void {
  if (name in target) return;
  Object.defineProperty(target, name, {
    value,
    configurable: true,
    enumerable: false,
    writable: true,
  });
}
