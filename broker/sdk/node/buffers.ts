/** The buffers of the Node-style door: npm's `buffer`, with what libraries call of Node's own. @module */
import { Buffer } from "buffer";

type Slice = (this: Buffer, start?: number, end?: number) => string;
type Write = (this: Buffer, text: string, offset?: number, length?: number) => number;

// Not in Node's documentation, yet libraries for it read and write by them: ssh2 for one.
for (const encoding of ["ascii", "base64", "hex", "latin1", "utf8"] as const) {
  const slice: Slice = function (start, end) {
    return this.toString(encoding, start, end);
  };
  const write: Write = function (text, offset = 0, length) {
    return this.write(text, offset, length ?? this.length - offset, encoding);
  };
  for (const [name, value] of [[`${encoding}Slice`, slice], [`${encoding}Write`, write]] as const) {
    if (name in Buffer.prototype) continue;
    Object.defineProperty(Buffer.prototype, name, { value, configurable: true, writable: true });
  }
}

export { Buffer };
