/** The stream machinery of the Node-style door: that of Node itself, from npm. @module */
import "./builtins.ts";
// @ts-types="@types/readable-stream"
import { Duplex } from "readable-stream";
import EventEmitter from "events";

export { Duplex, EventEmitter };
