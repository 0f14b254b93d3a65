/** The resolver: names to addresses by DNS, once, in bounded time and number. @module */
import { type Clock, ConnectError, type Resolver } from "../actions/ports.ts";
import { classifyAddress } from "../core/address_space.ts";
import { nameResolution } from "../core/host.ts";
import { formatIpAddress, parseIpAddress } from "../core/ip_address.ts";

/** How long looking a name up may take. */
export const lookupTimeoutMs = 2000;
/** How many addresses of each family are kept: 16 in all. */
export const maxAddressesPerFamily = 8;

const recordTypes = { 4: "A", 6: "AAAA" } as const;
const loopbackAddresses = { 4: "127.0.0.1", 6: "::1" } as const;

/** What a resolver works with. */
export interface DnsResolverParts {
  clock: Pick<Clock, "setTimer">;
  /** Where to ask; the system's name servers when absent. */
  nameServer?: { ipAddr: string; port: number };
}

/** Asks DNS for A and AAAA at the same time. `localhost` and all below it are loopback without asking anybody. */
export class DnsResolver implements Resolver {
  readonly #parts: DnsResolverParts;

  constructor(parts: DnsResolverParts) {
    this.#parts = parts;
  }

  /**
   * Every address of a name, IPv6 first, in canonical form; empty when it has none.
   *
   * A family whose answer does not come in time, or is an error, counts as empty if the other has addresses: only
   * addresses that came are decided on and dialed.
   *
   * @param name A canonical name; see `core/host.ts`.
   * @throws ConnectError with phase `dns`.
   */
  async resolve(
    name: string,
    { family, signal }: { family?: 4 | 6; signal: AbortSignal },
  ): Promise<string[]> {
    const families = family === undefined ? [6, 4] as const : [family];
    const resolution = nameResolution(name);
    if (resolution === "loopback") return families.map((family) => loopbackAddresses[family]);
    if (resolution === "never") throw notResolved(name, "is not looked up in DNS");
    const answers = await this.#ask(name, families, signal);
    const addresses = answers.flatMap((answer) => answer.addresses ?? []);
    const failed = answers.some((answer) => answer.addresses === null);
    if (addresses.length === 0 && failed) throw notResolved(name, "could not be looked up");
    return [...new Set(addresses)];
  }

  async #ask(
    name: string,
    families: readonly (4 | 6)[],
    signal: AbortSignal,
  ): Promise<Answer[]> {
    if (signal.aborted) throw withdrawn();
    const aborter = new AbortController();
    const onAbort = () => aborter.abort();
    signal.addEventListener("abort", onAbort, { once: true });
    const cancelTimeout = this.#parts.clock.setTimer(lookupTimeoutMs, onAbort);
    try {
      const answers = await Promise.all(
        families.map((family) => this.#lookUp(name, family, aborter.signal)),
      );
      if (signal.aborted) throw withdrawn();
      return answers;
    } finally {
      cancelTimeout();
      signal.removeEventListener("abort", onAbort);
    }
  }

  async #lookUp(name: string, family: 4 | 6, signal: AbortSignal): Promise<Answer> {
    const { nameServer } = this.#parts;
    try {
      // A final dot keeps the system's search domains out; a name of one label is meant for them.
      const question = name.includes(".") ? `${name}.` : name;
      const texts = await Deno.resolveDns(question, recordTypes[family], {
        signal,
        ...(nameServer && { nameServer }),
      });
      const addresses = texts.map(canonical).filter((address) => address !== null);
      return { addresses: suspectsFirst(addresses).slice(0, maxAddressesPerFamily) };
    } catch (fault) {
      // Deno says NotFound for a server failure too, so that one looks like a name without addresses.
      return { addresses: fault instanceof Deno.errors.NotFound ? [] : null };
    }
  }
}

/** The addresses of one family; null when the question failed. */
interface Answer {
  addresses: string[] | null;
}

/** What is not public is never cut off, so that a long answer can't hide what refuses the name. */
function suspectsFirst(addresses: readonly string[]): string[] {
  const isSuspect = (address: string) => !classifyAddress(address).allowedForHostname;
  return [
    ...addresses.filter(isSuspect),
    ...addresses.filter((address) => !isSuspect(address)),
  ];
}

function canonical(text: string): string | null {
  const address = parseIpAddress(text);
  return address && formatIpAddress(address);
}

function notResolved(name: string, why: string): ConnectError {
  const message = `The name ${name} ${why}.`;
  return new ConnectError({ code: "name-not-resolved", phase: "dns", message });
}

function withdrawn(): ConnectError {
  return new ConnectError({
    code: "withdrawn",
    phase: "dns",
    message: "The app no longer wants this connection.",
  });
}
