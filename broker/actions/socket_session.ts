/** What opening a socket of any kind takes and gives: whom to tell, and the open session. @module */
import type { RequestId } from "../schema/ids.ts";
import type { Session, SessionError } from "../schema/session.ts";

/** Whom to tell while a socket opens and after. */
export interface SocketEvents {
  /** The app no longer wants it. */
  signal: AbortSignal;
  /** A person is asked; called once for each request that is waited for. */
  onWaiting(requestId: RequestId): void;
  /** The session was cut: its permission ended, or the person closed it. The socket is closed already. */
  onCut(error: SessionError): void;
}

/** An open session, whatever its socket. */
export interface OpenSession {
  session: Session;
  /** Says that the socket is over (null: both ends are done); closes it if need be. Later calls do nothing. */
  end(error: SessionError | null): void;
}
