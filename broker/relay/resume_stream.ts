/** Going on with a connection whose relay was lost, as a stream of the relay that its app has now. @module */
import type { ResumeOpenFrame } from "../schema/relay.ts";
import type { SessionError } from "../schema/session.ts";
import type { RelayHost } from "./relay_stream.ts";

/** Gives the stream to this relay; by CLOSE it says that there is none for this app and secret, or none any more. */
export function resumeStream(host: RelayHost, streamId: number, body: ResumeOpenFrame): void {
  const { table, owner } = host.reattach;
  const stream = table.take(owner, body.sessionId, body.resumeSecret);
  if (stream) return stream.resume(host, streamId, body);
  host.sender.control({ type: "CLOSE", streamId, body: { error: notResumable } });
}

/** The same for every reason, so that nothing is told of connections that are not the app's. */
export const notResumable: SessionError = {
  code: "not-resumable",
  phase: "transfer",
  message:
    "This connection can't be gone on with: it is over, the app took too long to come back, " +
    "or its ticket is not the last one.",
};
