/** `GET /admin/v1/events`: the dashboard's stream; `Last-Event-ID` resumes it. @module */
import { answerEvents } from "../../../broker/http/event_stream.ts";
import { define } from "../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ req, state: { broker, web, signIn } }) {
    return answerEvents(broker.clock, req, web.stopping, (sink) => {
      const leave = web.feed.open(sink, req.headers.get("last-event-id"));
      const forget = signIn ? web.signIns.whenEnded(signIn, () => sink.close()) : () => {};
      return () => {
        leave();
        forget();
      };
    });
  },
});
