/** What Node has as globals, for packages that take them for granted. @module */
import { Buffer } from "buffer/index.js";
import process from "process/browser.js";

// Methods of Node's own buffers that are not in its documentation; SSH reads and writes by them.
for (const encoding of ["ascii", "base64", "hex", "latin1", "utf8"]) {
  Buffer.prototype[`${encoding}Slice`] = function (start, end) {
    return this.toString(encoding, start, end);
  };
  Buffer.prototype[`${encoding}Write`] = function (text, offset, length) {
    return this.write(text, offset, length, encoding);
  };
}

const setImmediate = (run, ...given) => setTimeout(run, 0, ...given);
const clearImmediate = clearTimeout;

export { Buffer, clearImmediate, process, setImmediate };
