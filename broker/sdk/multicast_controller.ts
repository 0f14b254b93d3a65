/** `MulticastController` as the explainer of Direct Sockets has it: the groups that a bound UDP socket is in. @module */
import type { GroupFrame } from "../schema/relay.ts";
import type { SessionError } from "../schema/session.ts";
import { type LocalFault, openingFailure } from "./failure.ts";
import { canonicalIpv6, isIpLiteral } from "./ip_literal.ts";
import type { RelayStream, SocketFrame } from "./relay_stream.ts";

/** Options of `joinGroup()` and `leaveGroup()`. */
export interface MulticastGroupOptions {
  /** Hear this source alone (RFC 4607). */
  sourceAddress?: string;
}

/** A group that is joined for one source alone. */
export interface MulticastMembership {
  readonly groupAddress: string;
  readonly sourceAddress: string;
}

/** Given by who may make one. */
const own = Symbol();

/** A call that waits for DONE. */
interface Call {
  readonly done: PromiseWithResolvers<undefined>;
  settle(error: SessionError | null): void;
}

type Group = Pick<GroupFrame, "groupAddress" | "sourceAddress">;

/** The groups of one socket. */
export class MulticastController {
  readonly #stream: RelayStream;
  readonly #joined = new Map<string, Group>();
  readonly #joining = new Set<string>();
  readonly #calls = new Map<number, Call>();
  #lastCallId = 0;
  #over = false;
  #frozen: readonly (string | MulticastMembership)[] = Object.freeze([]);

  /** @internal Not for apps: `opened` has one, where the socket is bound. */
  constructor(key: symbol, stream: RelayStream) {
    if (key !== own) throw new TypeError("Illegal constructor");
    this.#stream = stream;
  }

  /** @internal Makes the controller of a socket, and what its socket tells it. */
  static of(stream: RelayStream): {
    controller: MulticastController;
    onFrame(frame: SocketFrame): void;
    onOver(): void;
  } {
    const controller = new MulticastController(own, stream);
    return {
      controller,
      onFrame: (frame) => controller.#receive(frame),
      onOver: () => controller.#end(),
    };
  }

  /** The groups now: their addresses, or memberships where one source is heard alone. The same array until they change. */
  get joinedGroups(): readonly (string | MulticastMembership)[] {
    return this.#frozen;
  }

  /**
   * Joins a group, which may take as long as a person takes to answer.
   *
   * Rejects with TypeError for what is no IP address; with `InvalidStateError` when the group is joined, or being joined,
   * or the socket is closed; with `NotAllowedError` when the person or the policy said no, and with `NetworkError` when the
   * broker's system can't.
   */
  async joinGroup(ipAddress: string, options: MulticastGroupOptions = {}): Promise<undefined> {
    const group = toGroup(ipAddress, options);
    const key = keyOf(group);
    this.#checkOpen();
    if (this.#joined.has(key)) throw invalidState("This group is joined already.");
    if (this.#joining.has(key)) throw invalidState("This group is being joined.");
    this.#joining.add(key);
    return await this.#call("JOIN", group, (error) => {
      this.#joining.delete(key);
      if (error === null) this.#change(() => this.#joined.set(key, group));
    });
  }

  /**
   * Leaves a group.
   *
   * Rejects with TypeError for what is no IP address, and with `InvalidStateError` when the group is not joined, or the
   * socket is closed.
   */
  async leaveGroup(ipAddress: string, options: MulticastGroupOptions = {}): Promise<undefined> {
    const group = toGroup(ipAddress, options);
    const key = keyOf(group);
    this.#checkOpen();
    if (!this.#joined.has(key)) throw invalidState("This group is not joined.");
    this.#change(() => this.#joined.delete(key));
    return await this.#call("LEAVE", group, () => {});
  }

  #checkOpen(): void {
    if (this.#over) throw invalidState("The socket is closed.");
  }

  #call(
    type: "JOIN" | "LEAVE",
    group: Group,
    settle: (error: SessionError | null) => void,
  ): Promise<undefined> {
    const callId = ++this.#lastCallId;
    const done = Promise.withResolvers<undefined>();
    this.#calls.set(callId, { done, settle });
    this.#stream.callGroup(type, { callId, ...group });
    return done.promise;
  }

  #receive(frame: SocketFrame): void {
    if (frame.type === "LEAVE") {
      this.#change(() => this.#joined.delete(keyOf(frame.body)));
    } else if (frame.type === "DONE") {
      const { callId, error } = frame.body;
      const call = this.#calls.get(callId);
      this.#calls.delete(callId);
      call?.settle(error);
      if (error) call?.done.reject(openingFailure(error));
      else call?.done.resolve(undefined);
    }
  }

  #end(): void {
    this.#over = true;
    this.#change(() => this.#joined.clear());
    for (const { done } of this.#calls.values()) done.reject(invalidState(closed.message));
    this.#calls.clear();
  }

  #change(change: () => void): void {
    change();
    this.#frozen = Object.freeze([...this.#joined.values()].map(toListed));
  }
}

const closed: LocalFault = { code: "relay-lost", message: "The socket was closed meanwhile." };

function toListed({ groupAddress, sourceAddress }: Group): string | MulticastMembership {
  if (sourceAddress === undefined) return groupAddress;
  return Object.freeze({ groupAddress, sourceAddress });
}

function toGroup(ipAddress: unknown, options: unknown): Group {
  const groupAddress = toAddress(ipAddress);
  if (options === null) return { groupAddress };
  if (typeof options !== "object" && typeof options !== "function") {
    throw new TypeError("The options must be an object");
  }
  const { sourceAddress } = options as Record<string, unknown>;
  if (sourceAddress === undefined) return { groupAddress };
  return { groupAddress, sourceAddress: toAddress(sourceAddress) };
}

function toAddress(value: unknown): string {
  const text = `${value}`;
  if (!isIpLiteral(text)) throw new TypeError("A group and its source are IP addresses");
  return canonicalIpv6(text) ?? text;
}

function keyOf({ groupAddress, sourceAddress }: Group): string {
  return `${groupAddress} ${sourceAddress ?? ""}`;
}

function invalidState(message: string): DOMException {
  return new DOMException(message, "InvalidStateError");
}
