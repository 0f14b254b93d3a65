/** The dialer: TCP connections to addresses that were decided on, and to no other. @module */
import {
  type Clock,
  ConnectError,
  type Dialer,
  type DialOptions,
  type TcpConnection,
} from "../actions/ports.ts";
import { formatIpAddress, parseIpAddress } from "../core/ip_address.ts";
import { mostTelling, socketError, toConnectError } from "./socket_fault.ts";
import { DenoTcpConnection } from "./tcp_connection.ts";

/** How long an attempt has before the next address is tried beside it (RFC 8305 section 5). */
export const staggerMs = 250;
/** How long all attempts together may take. */
export const connectTimeoutMs = 20_000;

/** Why attempts that are no longer needed are aborted; nobody sees it. */
const raceIsOver = new Error("Another attempt has decided the race");

/** What a dialer works with. */
export interface TcpDialerParts {
  clock: Pick<Clock, "setTimer">;
  /** `Deno.connect`, unless a test stands in for it. */
  connect?: (options: Deno.ConnectOptions & { signal: AbortSignal }) => Promise<Deno.TcpConn>;
  /** Authorities that its connections trust beside those of this machine, PEM. For tests. */
  caCerts?: readonly string[];
}

/** Dials by Happy Eyeballs (RFC 8305): the addresses in turn, IPv6 and IPv4 alternating; the first that answers wins. */
export class TcpDialer implements Dialer {
  readonly #clock: Pick<Clock, "setTimer">;
  readonly #caCerts: readonly string[] | undefined;
  readonly #connect: NonNullable<TcpDialerParts["connect"]>;

  constructor({ clock, connect = Deno.connect, caCerts }: TcpDialerParts) {
    this.#clock = clock;
    this.#connect = connect;
    this.#caCerts = caCerts;
  }

  /**
   * Connects to the first of the addresses that answers.
   *
   * @param addresses IP literals in canonical form; a name among them is refused, so nothing is looked up here.
   * @throws ConnectError with phase `connect`; its message carries no address.
   */
  async connectTcp(
    addresses: readonly string[],
    port: number,
    options: DialOptions,
  ): Promise<TcpConnection> {
    if (options.signal.aborted) throw withdrawn();
    const ordered = interleaveFamilies(addresses);
    const race = new AbortController();
    const stop = (error: ConnectError) => race.abort(error);
    const cancelTimeout = this.#clock.setTimer(
      connectTimeoutMs,
      () => stop(socketError("connection-timed-out", "connect")),
    );
    const onAbort = () => stop(withdrawn());
    options.signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await this.#race(ordered, port, options, race);
    } finally {
      cancelTimeout();
      options.signal.removeEventListener("abort", onAbort);
      // With a reason, as making the default one costs as much as a connection.
      race.abort(raceIsOver);
    }
  }

  /** Starts the attempts, one by one; settles with the first connection, or when all have failed or `race` is aborted. */
  #race(
    addresses: readonly string[],
    port: number,
    options: DialOptions,
    race: AbortController,
  ): Promise<TcpConnection> {
    return new Promise((resolve, reject) => {
      const failures: ConnectError[] = [];
      let next = 0;
      let cancelStagger = () => {};
      race.signal.addEventListener("abort", () => {
        cancelStagger();
        reject(race.signal.reason);
      }, { once: true });
      const startNext = () => {
        cancelStagger();
        const address = addresses[next++];
        if (address === undefined) return;
        if (next < addresses.length) cancelStagger = this.#clock.setTimer(staggerMs, startNext);
        this.#attempt(address, port, options, race.signal).then((connection) => {
          if (race.signal.aborted) return connection.close();
          resolve(connection);
          race.abort(raceIsOver);
        }, (fault) => {
          if (race.signal.aborted) return;
          failures.push(toConnectError(fault, "connect"));
          if (next < addresses.length) return startNext();
          if (failures.length === addresses.length) reject(mostTelling(failures));
        });
      };
      if (addresses.length === 0) return reject(socketError("unreachable", "connect"));
      startNext();
    });
  }

  async #attempt(
    address: string,
    port: number,
    { noDelay, keepAlive }: DialOptions,
    signal: AbortSignal,
  ): Promise<TcpConnection> {
    const conn = await this.#connect({ hostname: address, port, signal });
    try {
      if (canonical(conn.remoteAddr.hostname) !== canonical(address)) throw misled();
      conn.setNoDelay(noDelay);
      if (keepAlive) conn.setKeepAlive(true);
      return new DenoTcpConnection(conn, { address, port }, {
        clock: this.#clock,
        caCerts: this.#caCerts,
      });
    } catch (fault) {
      conn.close();
      throw fault;
    }
  }
}

/**
 * The order of attempts: families alternate, IPv6 first, each in the order given.
 *
 * @throws ConnectError when one of them is no IP literal.
 */
export function interleaveFamilies(addresses: readonly string[]): string[] {
  const families = { 4: [] as string[], 6: [] as string[] };
  for (const address of addresses) {
    const parsed = parseIpAddress(address);
    if (!parsed) throw misled();
    families[parsed.family].push(address);
  }
  const ordered: string[] = [];
  for (let turn = 0; ordered.length < addresses.length; turn++) {
    for (const family of [families[6], families[4]]) {
      const address = family[turn];
      if (address !== undefined) ordered.push(address);
    }
  }
  return ordered;
}

function canonical(address: string): string | null {
  const parsed = parseIpAddress(address);
  return parsed && formatIpAddress(parsed);
}

function misled(): ConnectError {
  return new ConnectError({
    code: "internal-error",
    phase: "connect",
    message: "The connection would have led to an address that was not decided on.",
  });
}

function withdrawn(): ConnectError {
  return new ConnectError({
    code: "withdrawn",
    phase: "connect",
    message: "The app no longer wants this connection.",
  });
}
