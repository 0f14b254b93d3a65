/** `GET /admin/v1/events`: the dashboard's stream; `Last-Event-ID` resumes it. @module */
import { answerEvents } from "../../../broker/http/event_stream.ts";
import { readView } from "../../../broker/http/read_view.ts";
import { define } from "../../../broker/http/state.ts";

/** The methods of this path. */
export const handler = define.handlers({
  GET({ req, url, state: { broker, web, signIn } }) {
    const view = readView(url);
    return answerEvents(broker.clock, req, web.stopping, (sink) => {
      const leave = web.feed.open(sink, req.headers.get("last-event-id"), view);
      const forget = signIn ? web.signIns.whenEnded(signIn, () => sink.close()) : () => {};
      return () => {
        leave();
        forget();
      };
    });
  },
});
