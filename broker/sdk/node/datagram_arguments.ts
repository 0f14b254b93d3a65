/** The arguments of `dgram.Socket`, in all the ways that Node takes them. @module */
import { Buffer } from "./buffers.ts";
import { argumentError } from "./node_error.ts";

/** Where to bind (Node's `dgram.BindOptions`). */
export interface BindOptions {
  port?: number;
  /** An IP address of the broker's machine. */
  address?: string;
  /** Means nothing here. */
  exclusive?: boolean;
}

/** Arguments of `bind()`, read. */
export function readBindArguments(
  given: readonly unknown[],
): { options: BindOptions; listener: (() => void) | null } {
  const [first, second] = given;
  const last = given.at(-1);
  const listener = typeof last === "function" ? last as () => void : null;
  if (typeof first === "object" && first !== null) return { options: first, listener };
  const options: BindOptions = {};
  if (typeof first === "number" || typeof first === "string") options.port = readPort(first);
  if (typeof second === "string") options.address = second;
  return { options, listener };
}

/** Arguments of `send()`, read. */
export interface SendArguments {
  bytes: Uint8Array<ArrayBuffer>;
  /** Undefined where the socket is connected. */
  port: number | undefined;
  address: string | undefined;
  callback: ((error: Error | null, bytes: number) => void) | null;
}

/**
 * Reads `(message, offset, length, port, address, callback)`, with offset and length, and with destination and callback, or
 * without.
 *
 * @throws TypeError with Node's `code` for a message that is none, and a port that is none.
 */
export function readSendArguments(given: readonly unknown[]): SendArguments {
  const rest = given.slice(1);
  const last = rest.at(-1);
  const callback = typeof last === "function" ? rest.pop() as SendArguments["callback"] : null;
  while (rest.length > 0 && rest.at(-1) === undefined) rest.pop();
  let bytes = toBytes(given[0]);
  // Offset and length stand before a port, or alone where the socket is connected.
  const isSlice = typeof rest[0] === "number" && typeof rest[1] === "number";
  if (isSlice) {
    const [offset, length] = rest.splice(0, 2) as [number, number];
    bytes = bytes.subarray(offset, offset + length);
  }
  const [port, address] = rest;
  return {
    bytes,
    port: port === undefined ? undefined : readPort(port),
    address: typeof address === "string" && address !== "" ? address : undefined,
    callback,
  };
}

function readPort(value: unknown): number {
  const port = Number(value);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw argumentError(`The port must be from 0 to 65535, not ${value}`, "ERR_SOCKET_BAD_PORT");
}

function toBytes(message: unknown): Uint8Array<ArrayBuffer> {
  if (Array.isArray(message)) return own(Buffer.concat(message.map(toBytes)));
  if (typeof message === "string") return own(Buffer.from(message));
  if (ArrayBuffer.isView(message)) {
    return new Uint8Array(message.buffer as ArrayBuffer, message.byteOffset, message.byteLength);
  }
  throw argumentError(
    "A datagram is a string, a buffer, or a list of these",
    "ERR_INVALID_ARG_TYPE",
  );
}

function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
