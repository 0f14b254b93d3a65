/** What the control frames of the relay carry (broker/relay/PROTOCOL.md). @module */
import { z } from "zod";
import { FrameAncestry } from "./frame.ts";
import { RequestId, SessionId } from "./ids.ts";
import { ReasonText } from "./request.ts";
import { SessionError, TlsFacts } from "./session.ts";

/** How a connection is to be encrypted. The certificate is always verified; there is no member that would change that. */
export const TlsWish = z.strictObject({
  /** The name to send (SNI) and to verify the certificate for; the remote address when absent. */
  serverName: z.string().min(1).max(253).optional(),
  /** The application protocols to offer, the best one first (RFC 7301). */
  alpn: z.array(z.string().regex(/^[!-~]{1,255}$/)).max(16).optional(),
});
/** How a connection is to be encrypted. */
export type TlsWish = z.infer<typeof TlsWish>;

/** OPEN, app to broker: open a TCP connection. */
export const OpenFrame = z.strictObject({
  protocol: z.literal("tcp"),
  remoteAddress: z.string().min(1).max(2048),
  remotePort: z.int().min(0).max(65535),
  /** Bytes that the broker may send before it needs more credit. */
  credit: z.int().min(0).max(0xffffffff),
  noDelay: z.boolean().default(false),
  /** TCP keep-alive after this many idle milliseconds; absent: off. */
  keepAliveDelayMs: z.int().min(1000).max(0xffffffff).optional(),
  dnsQueryType: z.enum(["ipv4", "ipv6"]).optional(),
  /** Present: TLS; OPENED comes once the certificate is verified. Absent: the connection is plain. */
  tls: TlsWish.optional(),
  reason: ReasonText.optional(),
  userActivation: z.boolean().default(false),
  /** The pages around the app's page; absent when it is a tab of its own. */
  frame: FrameAncestry.optional(),
});
/** OPEN, app to broker. */
export type OpenFrame = z.infer<typeof OpenFrame>;

/** WAITING, broker to app: the person is asked; OPENED or CLOSE follows. */
export const WaitingFrame = z.strictObject({ requestId: RequestId });
/** WAITING, broker to app. */
export type WaitingFrame = z.infer<typeof WaitingFrame>;

/** OPENED, broker to app: the socket is open. */
export const OpenedFrame = z.strictObject({
  sessionId: SessionId,
  remoteAddress: z.string(),
  remotePort: z.int(),
  localAddress: z.string(),
  localPort: z.int(),
  /** How the connection is encrypted; absent when it is plain. */
  tls: TlsFacts.optional(),
  /** Bytes that the app may send before it needs more credit. */
  credit: z.int().min(0).max(0xffffffff),
});
/** OPENED, broker to app. */
export type OpenedFrame = z.infer<typeof OpenedFrame>;

/** CLOSE, either way: the stream is over at once, with the error that ended it or null. */
export const CloseFrame = z.strictObject({ error: SessionError.nullable() });
/** CLOSE, either way. */
export type CloseFrame = z.infer<typeof CloseFrame>;
