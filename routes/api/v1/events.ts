/** `GET /api/v1/events`: the events of one app. @module */
import { callingApp } from "../../../broker/http/app_access.ts";
import { sendAppEvents } from "../../../broker/http/app_events.ts";
import { answerEvents } from "../../../broker/http/event_stream.ts";
import { define } from "../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ req, state: { broker, web } }) {
    const caller = callingApp(broker, req);
    return answerEvents(
      broker.clock,
      req,
      web.stopping,
      (sink) => sendAppEvents(broker, caller, sink),
    );
  },
});
