/** What Node has as globals, for packages that take them for granted. @module */
import { Buffer } from "buffer/index.js";
import process from "process/browser.js";

export { Buffer, process };
