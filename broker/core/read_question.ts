/** A question whose target and addresses have been read, once for every rule that looks at them. @module */
import type { App } from "../schema/app.ts";
import { type AddressClassification, classifyAddress } from "./address_space.ts";
import type { CapabilityTarget } from "./capability_target.ts";
import { addressBits, blockAround, type IpAddress, parseIpAddress } from "./ip_address.ts";
import { formatPorts } from "./port_range.ts";
import type { Question } from "./question.ts";
import { literalAddress } from "./socket_address.ts";
import type { Target } from "./target.ts";

/** An address that the target is, or that its name has. */
export interface ReadAddress {
  readonly classification: AddressClassification;
  /** Null for a text that is no address; such a one is always refused. */
  readonly address: IpAddress | null;
}

/** A question that has been read. */
export interface ReadQuestion {
  readonly question: Question;
  readonly app: App;
  readonly target: CapabilityTarget;
  /** Whether the target is an address by itself, and not a name that has addresses. */
  readonly isLiteral: boolean;
  readonly addresses: readonly ReadAddress[];
  /**
   * The target, and then each address that its name has as a target of its own: what is denied for one of them is denied
   * for the name.
   */
  readonly faces: readonly [CapabilityTarget, ...CapabilityTarget[]];
}

/** Reads the addresses of a question whose target has been read. */
export function readQuestion(
  question: Question,
  app: App,
  target: CapabilityTarget,
): ReadQuestion {
  if (target.kind !== "socket") {
    return { question, app, target, isLiteral: false, addresses: [], faces: [target] };
  }
  const literal = literalAddress(target.socket);
  if (literal !== null) {
    const addresses = [readAddress(literal, question.ownAddresses)];
    return { question, app, target, isLiteral: true, addresses, faces: [target] };
  }
  const addresses = (question.addresses ?? []).map((text) =>
    readAddress(text, question.ownAddresses)
  );
  const others = addresses.flatMap((read) => faceOf(target.socket, read));
  return { question, app, target, isLiteral: false, addresses, faces: [target, ...others] };
}

function readAddress(text: string, ownAddresses: ReadonlySet<string>): ReadAddress {
  const classification = classifyAddress(text, ownAddresses);
  const { canonical } = classification;
  return { classification, address: canonical === null ? null : parseIpAddress(canonical) };
}

function faceOf({ ports }: Target, { classification, address }: ReadAddress): CapabilityTarget[] {
  if (address === null) return [];
  const { canonical } = classification;
  const host = address.family === 4 ? canonical : `[${canonical}]`;
  const text = `${host}:${formatPorts(ports)}`;
  const block = blockAround(address, addressBits[address.family]);
  return [{ kind: "socket", text, socket: { text, host: { kind: "block", block }, ports } }];
}
