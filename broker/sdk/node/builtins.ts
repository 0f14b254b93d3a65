/** What the stream machinery of npm requires of Node itself, where there is no Node: packages of npm in their place. @module */
import * as buffer from "buffer";
import events from "events";
import process from "process-browser";

/**
 * What `require()` of the bundled `/sdk/node.js` looks in: its first line, which `broker/http/sdk_file.ts` writes, defines
 * it. Where the SDK's sources run as they are, in Deno and Node, there is none, and none is needed.
 */
declare const nodeBuiltins: Record<string, unknown> | undefined;

if (typeof nodeBuiltins !== "undefined") {
  nodeBuiltins["node:buffer"] = buffer;
  nodeBuiltins["node:events"] = events;
  // The package waits in a timer, which browsers hold back for 4 ms once timers nest; Node's own ticks are microtasks too.
  process.nextTick = (run: (...given: unknown[]) => void, ...given: unknown[]) =>
    queueMicrotask(() => run(...given));
}
