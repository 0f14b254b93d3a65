/** Where a bound UDP socket may send: a decision for each destination, made when it is first sent to and at every review. @module */
import { type DatagramWish, datagramWish, letsAnswer } from "../core/datagram_wish.ts";
import { decide } from "../core/decide.ts";
import { HeldDatagrams } from "../core/held_datagrams.ts";
import type { IpFamily } from "../core/ip_address.ts";
import { reachableAddress } from "../core/reachable_address.ts";
import { ReplyTable } from "../core/reply_table.ts";
import { literalAddress } from "../core/socket_address.ts";
import type { Session, SessionError } from "../schema/session.ts";
import { datagramPlaces } from "./datagram_limits.ts";
import { lookUp } from "./look_up.ts";
import { type Broker, ConnectError, type DatagramPlace, type Endpoint } from "./ports.ts";
import { questionFor } from "./question_for.ts";
import { readTarget } from "./read_target.ts";
import { addRules } from "./session_use.ts";
import type { SettleWish } from "./settle_wish.ts";
import { takeConnection } from "./take_connection.ts";
import type { OutgoingDatagram } from "./udp_session.ts";

/** How many destinations are remembered for a socket; the one decided on the longest ago gives way. */
export const maxDestinations = 1024;
/** How long a refusal is remembered, and what a name was looked up to. */
export const destinationMemoryMs = 60_000;

/** A destination that may be sent to. */
export interface OpenDestination {
  readonly kind: "open";
  readonly wish: DatagramWish;
  /** Every address that was decided on. */
  readonly addresses: readonly string[];
  readonly endpoint: Endpoint;
  readonly places: readonly DatagramPlace[];
  /** The grants that let it; none for an answer to one who has just sent. */
  readonly ruleIds: readonly string[];
  readonly untilMs: number;
}

interface ClosedDestination {
  readonly kind: "closed";
  /** What was refused; null for a destination that can't be read. */
  readonly wish: DatagramWish | null;
  readonly error: SessionError;
  readonly untilMs: number;
}

type Destination = OpenDestination | ClosedDestination | "deciding";

/** What destinations are decided with. */
export interface BoundDestinationsParts {
  readonly broker: Broker;
  readonly session: Session;
  /** The families that the socket can send in. */
  readonly families: readonly IpFamily[];
  readonly settle: SettleWish;
  readonly signal: AbortSignal;
  /** A datagram may go out. */
  onOpen(datagram: OutgoingDatagram, to: OpenDestination): Promise<void>;
  /** A datagram is dropped. */
  onDrop(error: SessionError): void;
  /** A datagram that was held could not be sent, which concerns the socket itself. */
  onFault(fault: ConnectError): void;
}

/** The destinations of one bound socket. */
export class BoundDestinations {
  readonly #parts: BoundDestinationsParts;
  readonly #destinations = new Map<string, Destination>();
  readonly #held = new HeldDatagrams<OutgoingDatagram>();
  readonly #replies = new ReplyTable();

  constructor(parts: BoundDestinationsParts) {
    this.#parts = parts;
  }

  /** The grants that let the destinations of now. */
  get ruleIds(): string[] {
    return [...this.#destinations.values()].flatMap((destination) =>
      destination !== "deciding" && destination.kind === "open" ? destination.ruleIds : []
    );
  }

  /** A datagram of `from` came: it may be answered for a while. */
  heard(from: Endpoint): void {
    this.#replies.heard(peerKey(from.address, from.port), this.#parts.broker.clock.nowMs());
  }

  /** Sends a datagram on, holds it while its destination is decided on, or drops it. Resolves when the next may follow. */
  async send(datagram: OutgoingDatagram): Promise<void> {
    const { host, port, family } = datagram;
    const key = `${host} ${port} ${family ?? ""}`;
    let destination = this.#known(key);
    if (destination === undefined && (destination = this.#decide(key, datagram))) {
      this.#remember(key, destination);
    }
    if (destination === undefined || destination === "deciding") {
      if (!this.#held.hold(key, datagram)) this.#parts.onDrop(stillDeciding);
    } else if (destination.kind === "open") {
      await this.#parts.onOpen(datagram, destination);
    } else {
      this.#parts.onDrop(destination.error);
    }
  }

  /** Decides again on everything: what may no longer be sent to is forgotten, and so is a refusal that no longer holds. */
  review(): void {
    for (const [key, destination] of [...this.#destinations]) {
      if (destination === "deciding" || destination.wish === null) continue;
      const { wish } = destination;
      if (destination.kind === "closed") {
        if (this.#allow(wish, literalAddresses(wish), Infinity)) this.#destinations.delete(key);
        continue;
      }
      const again = this.#allow(wish, destination.addresses, destination.untilMs);
      if (again) this.#destinations.set(key, again);
      else this.#destinations.delete(key);
    }
  }

  #known(key: string): Destination | undefined {
    const destination = this.#destinations.get(key);
    if (destination === undefined || destination === "deciding") return destination;
    if (this.#parts.broker.clock.nowMs() < destination.untilMs) return destination;
    this.#destinations.delete(key);
    return undefined;
  }

  /** Decides at once where that can be done, else begins to ask or to look up; undefined when too much is begun already. */
  #decide(key: string, { host, port, family }: OutgoingDatagram): Destination | undefined {
    let wish: DatagramWish;
    try {
      wish = readTarget(() => datagramWish(host, port));
    } catch (fault) {
      return this.#refused(null, fault);
    }
    const literals = literalAddresses(wish);
    if (literals && this.#addressOf(literals) === "") return this.#refused(wish, otherFamily);
    const open = this.#allow(wish, literals, Infinity, this.#parts.session.ruleIds);
    if (open) return open;
    if (this.#held.full) return undefined;
    this.#settle(wish, family).then(
      (destination) => this.#finish(key, destination),
      (fault) => this.#finish(key, this.#refused(wish, fault)),
    );
    return "deciding";
  }

  /**
   * What is allowed without a question: by a standing permission, or as an answer to one who has just sent.
   *
   * @param furtherTo What the session rests on, for what it has not sent to yet.
   */
  #allow(
    wish: DatagramWish,
    addresses: readonly string[] | null,
    untilMs: number,
    furtherTo?: readonly string[],
  ): OpenDestination | null {
    if (addresses === null) return null;
    const { broker, session: { appId, id: sessionId } } = this.#parts;
    const { capability, target } = wish;
    const subject = { appId, capability, target: target.text, addresses, sessionId, furtherTo };
    const decision = decide(questionFor(broker, subject));
    const address = this.#addressOf(addresses);
    if (address === "") return null;
    const port = target.ports.first;
    let ruleIds: readonly string[] = [];
    if (decision.effect === "allow") {
      if (this.#isUnspent(decision.ruleIds)) return null;
      ruleIds = decision.ruleIds;
    } else {
      const answerUntilMs = letsAnswer(decision)
        ? this.#replies.answerableUntilMs(peerKey(address, port), broker.clock.nowMs())
        : null;
      if (answerUntilMs === null) return null;
      untilMs = answerUntilMs;
    }
    const places = datagramPlaces(broker, appId, address, target.text);
    return { kind: "open", wish, addresses, endpoint: { address, port }, places, ruleIds, untilMs };
  }

  /** The address to send to; an empty text when this socket can send to none of them. */
  #addressOf(addresses: readonly string[]): string {
    const { broker: { machine }, families } = this.#parts;
    return reachableAddress(addresses, machine.ownAddresses(), families);
  }

  /** Whether one of these is good for once and not used up by this session yet. */
  #isUnspent(ruleIds: readonly string[]): boolean {
    const { broker, session } = this.#parts;
    return ruleIds.some((id) => {
      const grant = broker.store.get("grant", id)?.record;
      return grant?.duration.kind === "once" && grant.spentBy !== session.id;
    });
  }

  /** Asks the person where nobody has decided yet, and looks a name up once that is allowed. */
  async #settle(wish: DatagramWish, family: IpFamily | undefined): Promise<Destination> {
    const { broker, session, signal, settle } = this.#parts;
    let addresses = literalAddresses(wish);
    let untilMs = Infinity;
    await settle(wish, addresses);
    if (addresses === null) {
      // Counted, so that DNS is not a way around the limits.
      takeConnection(broker, session.appId, wish.capability, wish.target)();
      addresses = await lookUp(broker, wish.target, family, signal);
      untilMs = broker.clock.nowMs() + destinationMemoryMs;
      await settle(wish, addresses);
    }
    const open = this.#allow(wish, addresses, untilMs, session.ruleIds);
    if (open) return open;
    throw this.#addressOf(addresses) === "" ? otherFamily : new ConnectError(stillDeciding);
  }

  #finish(key: string, destination: Destination): void {
    const { signal, onOpen, onDrop, onFault } = this.#parts;
    const datagram = this.#held.take(key);
    if (signal.aborted || destination === "deciding") return;
    this.#remember(key, destination);
    if (destination.kind === "closed") {
      if (datagram) onDrop(destination.error);
      return;
    }
    if (datagram) onOpen(datagram, destination).catch(onFault);
  }

  #refused(wish: DatagramWish | null, fault: unknown): ClosedDestination {
    const { broker } = this.#parts;
    if (!(fault instanceof ConnectError)) broker.log.error("destination-fault", fault);
    const error: SessionError = fault instanceof ConnectError
      ? fault.error
      : { code: "internal-error", phase: "policy", message: "The broker failed to decide on it." };
    const memoryMs = Math.min(error.retryAfterMs ?? destinationMemoryMs, destinationMemoryMs);
    return { kind: "closed", wish, error, untilMs: broker.clock.nowMs() + memoryMs };
  }

  #remember(key: string, destination: Destination): void {
    this.#destinations.delete(key);
    this.#destinations.set(key, destination);
    if (destination !== "deciding" && destination.kind === "open") {
      const { broker, session } = this.#parts;
      addRules(broker, session, destination.ruleIds, destination.wish.target.text);
    }
    if (this.#destinations.size <= maxDestinations) return;
    for (const [oldest, other] of this.#destinations) {
      if (other === "deciding") continue;
      this.#destinations.delete(oldest);
      return;
    }
  }
}

function literalAddresses({ target }: DatagramWish): readonly string[] | null {
  const literal = literalAddress(target);
  return literal === null ? null : [literal];
}

function peerKey(address: string, port: number): string {
  return `${address} ${port}`;
}

const stillDeciding: SessionError = {
  code: "denied",
  phase: "policy",
  message: "Nobody has decided on this destination yet.",
};

const otherFamily = new ConnectError({
  code: "unreachable",
  phase: "transfer",
  message: "This socket sends to addresses of another family only.",
});
