/** A UDP session that a test plays, for relays. @module */
import { ConnectError, type Endpoint } from "../../../broker/actions/ports.ts";
import type {
  GroupAsk,
  OpenUdpSession,
  OutgoingDatagram,
  UdpSessionEvents,
} from "../../../broker/actions/udp_session.ts";
import type { Session, SessionError } from "../../../broker/schema/session.ts";

/** One open UDP session. */
export class ScriptedUdp implements OpenUdpSession {
  readonly local: Endpoint = { address: "0.0.0.0", port: 50_000 };
  readonly sent: OutgoingDatagram[] = [];
  /** Every `end()`, in order. */
  readonly ends: (SessionError | null)[] = [];
  /** What the calls for groups wait for, in order. */
  readonly joins: { group: GroupAsk; succeed(): void; fail(error: SessionError): void }[] = [];
  readonly left: GroupAsk[] = [];
  /** What each sending waits for. */
  sending: Promise<void> = Promise.resolve();
  tell: UdpSessionEvents | null = null;

  constructor(readonly session: Session, readonly remote: Endpoint | null) {
    session.datagrams = { sent: 0, received: 0, droppedSent: 0, droppedReceived: 0 };
  }

  receive(events: UdpSessionEvents): void {
    this.tell = events;
  }

  /** A datagram comes. */
  deliver(text: string, from: Endpoint = this.remote ?? { address: "192.0.2.1", port: 53 }): void {
    this.tell?.onDatagram(new TextEncoder().encode(text), from);
  }

  async send(datagram: OutgoingDatagram): Promise<void> {
    await this.sending;
    this.sent.push(datagram);
  }

  join(group: GroupAsk): Promise<void> {
    return new Promise((resolve, reject) => {
      this.joins.push({
        group,
        succeed: () => resolve(),
        fail: (error) => reject(new ConnectError(error)),
      });
    });
  }

  leave(group: GroupAsk): void {
    this.left.push(group);
  }

  end(error: SessionError | null): void {
    this.ends.push(error);
  }
}
