/** The binder: sockets that wait for others, on addresses that were decided on, and on no other. @module */
import type { Binder, Clock, ListenOptions, TcpListener } from "../actions/ports.ts";
import { toListenError } from "./listen_fault.ts";
import { DenoTcpListener } from "./tcp_listener.ts";

/** A kernel takes a signed number, and cuts it to its own limit (SOMAXCONN). */
const maxBacklog = 0x7fffffff;

/** What a binder works with. */
export interface SystemBinderParts {
  clock: Pick<Clock, "setTimer">;
  /** `Deno.listen`, unless a test stands in for it. */
  listen?: (options: Deno.TcpListenOptions) => Deno.TcpListener;
}

/** Binds sockets of this machine. */
export class SystemBinder implements Binder {
  readonly #clock: Pick<Clock, "setTimer">;
  readonly #listen: NonNullable<SystemBinderParts["listen"]>;

  constructor({ clock, listen = Deno.listen }: SystemBinderParts) {
    this.#clock = clock;
    this.#listen = listen;
  }

  /**
   * Listens on exactly this address.
   *
   * @param address An IP literal in canonical form.
   * @param port null for one that the system chooses.
   * @throws ConnectError with phase `connect`; its message carries no address.
   */
  listenTcp(address: string, port: number | null, options: ListenOptions): TcpListener {
    const { backlog, ipv6Only } = options;
    try {
      const listener = this.#listen({
        hostname: address,
        port: port ?? 0,
        ...(backlog !== undefined && { tcpBacklog: Math.min(backlog, maxBacklog) }),
      });
      return new DenoTcpListener(listener, this.#clock, ipv6Only);
    } catch (fault) {
      throw toListenError(fault);
    }
  }
}
