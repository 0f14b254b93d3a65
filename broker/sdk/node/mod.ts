/** The Node-style door of the SDK, served as `/sdk/node.js`: `net`, `tls` and `dgram` for libraries written for Node. @module */
export { dgram } from "./dgram.ts";
export { net } from "./net.ts";
export { tls } from "./tls.ts";
