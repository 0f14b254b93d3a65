/** The upgrade of a connection that began in plain text (STARTTLS): when it may begin, and what it does. @module */
import type { OpenTcpSession } from "../actions/tcp_session.ts";
import type { StartTlsFrame } from "../schema/relay.ts";
import type { SessionError, TlsFacts } from "../schema/session.ts";
import { protocolError } from "./relay_stream.ts";

/** How a connection stands when STARTTLS comes. */
export interface UpgradeMoment {
  /** Whether a read is under way, which nothing can call back: it would take the bytes of the handshake. */
  readonly reading: boolean;
  /** Whether either side has sent its FIN, or the app wants to read no more. */
  readonly halfClosed: boolean;
  /** How many bytes of plain text the app was sent. */
  readonly deliveredBytes: number;
}

/** The one upgrade that a connection may have. */
export class TlsUpgrade {
  readonly #encrypt: OpenTcpSession["encrypt"];
  readonly #aborter = new AbortController();
  #state: "none" | "plain" | "handshake" | "encrypted";

  /** @param encrypt Encrypts the connection; undefined when it was not opened as upgradable. */
  constructor(encrypt: OpenTcpSession["encrypt"]) {
    this.#encrypt = encrypt;
    this.#state = encrypt ? "plain" : "none";
  }

  /** Whether the connection is plain and may still be encrypted. Until then credit is good for one read only. */
  get possible(): boolean {
    return this.#state === "plain";
  }

  /** Whether STARTTLS came, and is not done yet. */
  get underWay(): boolean {
    return this.#state === "handshake";
  }

  /**
   * Why the connection can't be encrypted now; null when it can. What the server sent in plain text must have been read by
   * the app to the last byte: whoever stands in between may have put it there, to be taken for what comes encrypted
   * (RFC 3207 section 6, CVE-2011-0411). What is still on its way to this machine is no handshake, and fails it.
   */
  refusal(frame: StartTlsFrame, at: UpgradeMoment): SessionError | null {
    if (this.#state === "none") return protocolError("It was not opened as upgradable.");
    if (this.#state !== "plain") return protocolError("The connection is encrypted already.");
    if (at.halfClosed) return protocolError("A connection that is closed one way stays plain.");
    if (at.reading) return refused("it can only be encrypted while no read is pending.");
    if (frame.readBytes === at.deliveredBytes) return null;
    return refused("the server sent more in plain text than the app has read.");
  }

  /**
   * Encrypts the connection.
   *
   * @param written Resolves when the app's plain text is written.
   * @throws ConnectError with phase `tls`.
   */
  async run({ readBytes: _, credit: __, ...wish }: StartTlsFrame, written: Promise<void>): Promise<
    TlsFacts
  > {
    if (!this.#encrypt) throw new TypeError("Only what is upgradable can be encrypted.");
    this.#state = "handshake";
    await written;
    const facts = await this.#encrypt(wish, this.#aborter.signal);
    this.#state = "encrypted";
    return facts;
  }

  /** Calls the handshake off. */
  abort(): void {
    this.#aborter.abort();
  }
}

function refused(why: string): SessionError {
  return { code: "tls-failed", phase: "tls", message: `The connection was not encrypted: ${why}` };
}
