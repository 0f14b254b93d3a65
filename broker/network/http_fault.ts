/** What an HTTP client says of a request that failed, in the codes that apps are told; without addresses. @module */
import { ConnectError } from "../actions/ports.ts";
import { socketError, toConnectError } from "./socket_fault.ts";

/** Makes the error for an answer that is not what HTTP allows. */
export function badResponse(message: string): ConnectError {
  return new ConnectError({ code: "bad-response", phase: "transfer", message });
}

/** Makes the error for an answer that is too large, or comes too slowly. */
export function bodyError(code: "too-large" | "too-slow", message: string): ConnectError {
  return new ConnectError({ code, phase: "transfer", message });
}

const notHttp = "What the server answered is not HTTP.";

/** Undici's own codes. */
const known: Readonly<Record<string, () => ConnectError>> = {
  UND_ERR_CONNECT_TIMEOUT: () => socketError("connection-timed-out", "connect"),
  UND_ERR_HEADERS_TIMEOUT: () => bodyError("too-slow", "The server did not answer in time."),
  UND_ERR_HEADERS_OVERFLOW: () =>
    bodyError("too-large", "The head of the server's answer is too long."),
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: () =>
    badResponse("The server's answer is not as long as it said."),
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: () =>
    badResponse("The request's body is not as long as it said."),
  UND_ERR_SOCKET: () => socketError("connection-reset", "transfer"),
  UND_ERR_RESPONSE: () => badResponse(notHttp),
  ERR_HTTP2_STREAM_ERROR: () => socketError("connection-reset", "transfer"),
  ERR_HTTP2_SESSION_ERROR: () => socketError("connection-reset", "transfer"),
  ERR_HTTP2_GOAWAY_SESSION: () => socketError("connection-reset", "transfer"),
};

/** Makes the error that apps are told from what a request threw. */
export function toHttpError(fault: unknown): ConnectError {
  if (fault instanceof ConnectError) return fault;
  const { code, name, cause } = fault as { code?: unknown; name?: unknown; cause?: unknown };
  // Undici wraps what ended a connection.
  if (cause instanceof ConnectError) return cause;
  const byCode = typeof code === "string" ? known[code] : undefined;
  if (byCode) return byCode();
  if (name === "HTTPParserError") return badResponse(notHttp);
  return toConnectError(fault, "transfer");
}
