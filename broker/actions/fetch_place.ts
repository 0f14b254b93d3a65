/** Where a fetch stands: which permission it rests on at which server, from hop to hop, as one session. @module */
import { decide } from "../core/decide.ts";
import { exactPattern, portOf, sitePattern, wholePattern } from "../core/fetch_url.ts";
import { nameResolution } from "../core/host.ts";
import { literalAddress } from "../core/socket_address.ts";
import { socketTarget, type Target } from "../core/target.ts";
import type { Decision } from "../schema/decision.ts";
import type { AppId, RequestId } from "../schema/ids.ts";
import type { SessionError } from "../schema/session.ts";
import { decideOrWait } from "./decide_or_wait.ts";
import type { FetchAsk } from "./fetch_session.ts";
import { lookUp } from "./look_up.ts";
import { onceGrant, spendOnce } from "./once_grant.ts";
import { type Broker, ConnectError, type HttpAnswer, type Removal } from "./ports.ts";
import { questionFor, type Subject } from "./question_for.ts";
import { denied, refusal } from "./refused_connection.ts";
import { registerSession } from "./register_session.ts";
import { reviewSession } from "./review_sessions.ts";
import { tellRules } from "./session_use.ts";
import type { OpenSession, SocketEvents } from "./socket_session.ts";
import { takeConnection } from "./take_connection.ts";

// A grant may be spent or revoked between its answer and its use; then the app has to ask again, but not for ever.
const maxRounds = 8;

/** Nowhere yet: where a connection will lead is known once it is there. */
const nowhere = { address: "", port: 0 };

/** One fetch on its way. */
export class FetchPlace {
  readonly #broker: Broker;
  readonly #appId: AppId;
  readonly #ask: FetchAsk;
  readonly #events: SocketEvents;
  readonly #aborter = new AbortController();
  readonly #unfollow: () => void;
  #open: OpenSession | null = null;
  #url: URL | null = null;
  #leave: (() => void) | null = null;
  /** Once-only grants that hops after the first have used up; they go with the session. */
  readonly #spent: Removal[] = [];

  constructor(broker: Broker, appId: AppId, ask: FetchAsk, events: SocketEvents) {
    this.#broker = broker;
    this.#appId = appId;
    this.#ask = ask;
    this.#events = events;
    const { signal } = events;
    // Nobody may be reading the answer any more, so the session does not wait for that.
    const follow = () =>
      this.end(denied("withdrawn", "The app no longer wants this to be fetched.").error);
    this.#unfollow = () => signal.removeEventListener("abort", follow);
    signal.addEventListener("abort", follow, { once: true });
    if (signal.aborted) follow();
  }

  /** Ends the requests of this fetch; its reason is a `ConnectError`. */
  get signal(): AbortSignal {
    return this.#aborter.signal;
  }

  /**
   * Goes to a URL: decides, waits for the person where nobody has answered, looks the name up, decides again.
   *
   * @returns The addresses that were decided on.
   * @throws ConnectError with phase `policy` or `dns`.
   */
  async enter(url: URL): Promise<readonly string[]> {
    const target = socketTarget(url.hostname, portOf(url));
    this.#leave?.();
    this.#leave = null;
    let addresses = knownAddresses(target);
    for (let round = 0; round < maxRounds; round++) {
      const decision = await this.#decide(url, addresses);
      if (decision === "answered") continue;
      // Before the look-up, so that DNS is not a way around the limits.
      this.#leave ??= takeConnection(
        this.#broker,
        this.#appId,
        "host-access",
        target,
        exactPattern(url),
      );
      if (addresses === null) {
        addresses = await lookUp(this.#broker, target, undefined, this.signal);
        continue;
      }
      this.signal.throwIfAborted();
      if (await this.#settle(url, addresses, decision)) return addresses;
      this.#leave?.();
      this.#leave = null;
    }
    throw denied("denied", `The permission for ${sitePattern(url)} ended before it could be used.`);
  }

  /** Says where the request has led. */
  reached({ remote, local }: Pick<HttpAnswer, "remote" | "local">): void {
    const { session } = this.open();
    session.remoteAddress = remote.address;
    session.remotePort = remote.port;
    session.localAddress = local.address;
    session.localPort = local.port;
  }

  /** The session. To be called once a URL was entered. */
  open(): OpenSession {
    if (this.#open === null) throw new Error("No URL was entered yet.");
    return this.#open;
  }

  /** Counts what is sent. */
  async *counting(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const bytes of body) {
      this.open().session.bytesSent += bytes.length;
      yield bytes;
    }
  }

  /** The fetch is over; null when both ends are done with it. Later calls do nothing. */
  end(error: SessionError | null): void {
    this.#unfollow();
    if (this.#open) this.#open.end(error);
    else this.#leave?.();
    this.#leave = null;
    if (!this.#aborter.signal.aborted) {
      const message = "The fetch is over.";
      this.#aborter.abort(
        new ConnectError(error ?? { code: "app-gone", phase: "transfer", message }),
      );
    }
  }

  /** Exactly this URL is decided on; where that asks, the person is asked about the site. */
  async #decide(url: URL, addresses: readonly string[] | null): Promise<Decision | "answered"> {
    const { wish: { frame, reason, userActivation } } = this.#ask;
    const secureTransport = url.protocol === "https:";
    const sessionId = this.#open?.session.id ?? null;
    const furtherTo = this.#open?.session.ruleIds;
    const about = {
      capability: "host-access",
      addresses,
      secureTransport,
      frame,
      sessionId,
      furtherTo,
    } as const;
    const subject = { ...about, appId: this.#appId, target: exactPattern(url) };
    const denial = this.#denialOfWhole(url, subject);
    if (denial) throw refusal(denial);
    const decision = decide(questionFor(this.#broker, subject));
    if (decision.effect === "allow") return decision;
    const target = decision.effect === "ask" ? sitePattern(url) : subject.target;
    const wish = { ...about, target, reason: reason ?? null, userActivation };
    // Whoever is asked need not answer once the session was cut.
    const onWaiting = (id: RequestId) => this.#events.onWaiting(id);
    return await decideOrWait(this.#broker, this.#appId, wish, { signal: this.signal, onWaiting });
  }

  /** What speaks against a URL that is too long to be decided on as it is; null where nothing does. */
  #denialOfWhole(url: URL, subject: Subject): Decision | null {
    const target = wholePattern(url);
    if (target === subject.target) return null;
    const decision = decide(questionFor(this.#broker, { ...subject, target }));
    return decision.effect === "deny" ? decision : null;
  }

  #reviewWhole(): void {
    const live = this.#open && this.#broker.sessions.get(this.#open.session.id);
    if (!live || !this.#url) return;
    const { appId, id: sessionId, target, addresses, secureTransport } = live.session;
    const about = { capability: "host-access", addresses, secureTransport, sessionId } as const;
    const denial = this.#denialOfWhole(this.#url, { ...about, appId, target });
    if (denial) live.close({ ...refusal(denial).error, code: "permission-ended" });
  }

  /** Registers the session, or takes the one there is to the next URL; false when its permission has gone meanwhile. */
  async #settle(url: URL, addresses: readonly string[], decision: Decision): Promise<boolean> {
    const target = { text: exactPattern(url) };
    this.#url = url;
    if (this.#open) return await this.#move(target.text, addresses, decision);
    this.#open = await registerSession(this.#broker, {
      appId: this.#appId,
      contextId: this.#ask.contextId,
      capability: "host-access",
      target,
      addresses,
      local: nowhere,
      remote: { address: addresses[0] ?? "", port: portOf(url) },
      tls: url.protocol === "https:" ? { serverName: url.hostname, alpn: null } : null,
      decision,
      events: { onCut: (error) => this.#cut(error) },
      leave: () => this.#leave?.(),
      review: () => this.#reviewWhole(),
      close: () => this.#forgetSpent(),
    });
    return this.#open !== null;
  }

  async #move(
    target: string,
    addresses: readonly string[],
    decision: Decision,
  ): Promise<boolean> {
    const { session } = this.open();
    const once = onceGrant(this.#broker, decision);
    if (once && once.record.spentBy !== session.id) {
      if (!await spendOnce(this.#broker, once, session.id)) return false;
      this.#spent.push({ noun: "grant", id: once.record.id });
    }
    session.target = target;
    session.addresses = [...addresses];
    const before = session.ruleIds;
    session.ruleIds = decision.ruleIds;
    tellRules(this.#broker, session, before, target);
    session.secureTransport = target.startsWith("https:");
    const live = this.#broker.sessions.get(session.id);
    // Cut, be it by this review: the reason is told by whoever cut it.
    if (!live || !reviewSession(this.#broker, live)) this.signal.throwIfAborted();
    return true;
  }

  #cut(error: SessionError): void {
    this.#aborter.abort(new ConnectError(error));
    this.#events.onCut(error);
  }

  #forgetSpent(): void {
    const removals = this.#spent.splice(0);
    if (removals.length === 0) return;
    this.#broker.store.commit({ removals })
      .catch((fault) => this.#broker.log.error("session-not-recorded", fault));
  }
}

const loopbackAddresses: readonly string[] = ["127.0.0.1", "::1"];

/** The addresses of a host that need no look-up; null for a name that does. */
function knownAddresses(target: Target): readonly string[] | null {
  const literal = literalAddress(target);
  if (literal !== null) return [literal];
  const { host } = target;
  const isLocalhost = host.kind === "name" && nameResolution(host.name) === "loopback";
  return isLocalhost ? loopbackAddresses : null;
}
