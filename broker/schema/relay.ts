/** What the control frames of the relay carry (broker/relay/PROTOCOL.md). @module */
import { z } from "zod";
import { FetchHead, FetchWish } from "./fetch.ts";
import { FrameAncestry } from "./frame.ts";
import { RequestId, SessionId } from "./ids.ts";
import { ReasonText } from "./request.ts";
import { maxControlBytes, maxReattachBytes } from "./relay_wire.ts";
import { SessionError, TlsFacts } from "./session.ts";

/** How a connection is to be encrypted. The certificate is always verified; there is no member that would change that. */
export const TlsWish = z.strictObject({
  /** The name to send (SNI) and to verify the certificate for; the remote address when absent. */
  serverName: z.string().min(1).max(253).optional(),
  /** The application protocols to offer, the best one first (RFC 7301). */
  alpn: z.array(z.string().regex(/^[!-~]{1,255}$/)).max(16).optional(),
  /** A certificate of the app's own, with its key: PEM, both. Kept for the handshake alone. */
  clientCertificate: z.strictObject({
    cert: z.string().min(1).max(maxControlBytes),
    key: z.string().min(1).max(maxControlBytes),
  }).optional(),
});
/** How a connection is to be encrypted. */
export type TlsWish = z.infer<typeof TlsWish>;

/** What OPEN says whatever the socket: what a person is told of it. */
const askMembers = {
  reason: ReasonText.optional(),
  userActivation: z.boolean().default(false),
  /** The pages around the app's page; absent when it is a tab of its own. */
  frame: FrameAncestry.optional(),
};

/** Credit, in the unit of the socket. */
const Credit = z.int().min(0).max(0xffffffff);

/** OPEN for a TCP connection. */
export const TcpOpenFrame = z.strictObject({
  protocol: z.literal("tcp"),
  remoteAddress: z.string().min(1).max(2048),
  remotePort: z.int().min(0).max(65535),
  /** Bytes that the broker may send before it needs more credit. */
  credit: Credit,
  noDelay: z.boolean().default(false),
  /** TCP keep-alive after this many idle milliseconds; absent: off. */
  keepAliveDelayMs: z.int().min(1000).max(0xffffffff).optional(),
  dnsQueryType: z.enum(["ipv4", "ipv6"]).optional(),
  /** Present: TLS; OPENED comes once the certificate is verified. Absent: the connection is plain. */
  tls: TlsWish.optional(),
  /** It begins in plain text and may be encrypted later, by STARTTLS. Then `credit` is 0, as each CREDIT is for one read. */
  upgradable: z.literal(true).optional(),
  /** The app may come back to it by another relay, within 10 s after this one is lost. */
  reattachable: z.literal(true).optional(),
  ...askMembers,
}).refine(
  ({ tls, upgradable, credit }) => upgradable === undefined || (tls === undefined && credit === 0),
  "An upgradable connection begins without tls, and with a credit of 0.",
).refine(
  ({ reattachable, upgradable, credit }) =>
    reattachable === undefined || (upgradable === undefined && credit <= maxReattachBytes),
  `A reattachable connection is not upgradable, and its credit is at most ${maxReattachBytes}.`,
);
/** OPEN for a TCP connection. */
export type TcpOpenFrame = z.infer<typeof TcpOpenFrame>;

/** OPEN for a UDP socket: connected to one peer (`remoteAddress`, `remotePort`), or bound (`localAddress`) for any number. */
export const UdpOpenFrame = z.strictObject({
  protocol: z.literal("udp"),
  remoteAddress: z.string().min(1).max(2048).optional(),
  remotePort: z.int().min(0).max(65535).optional(),
  /** The address of this machine to bind to, as an IP literal. */
  localAddress: z.string().min(1).max(64).optional(),
  /** Absent: one from 32768 that is free. */
  localPort: z.int().min(1).max(65535).optional(),
  /** Datagrams that the broker may send before it needs more credit. */
  credit: Credit,
  dnsQueryType: z.enum(["ipv4", "ipv6"]).optional(),
  /** Take no IPv4 on `::`. */
  ipv6Only: z.boolean().optional(),
  /** Let other sockets of this machine bind the same port too (SO_REUSEADDR). */
  multicastAllowAddressSharing: z.boolean().optional(),
  /** How many routers a datagram to a group may pass; 1 when absent. */
  multicastTimeToLive: z.int().min(0).max(255).optional(),
  /** Whether this machine hears its own datagrams to a group; true when absent. */
  multicastLoopback: z.boolean().optional(),
  ...askMembers,
}).refine(
  ({ remoteAddress, remotePort, localAddress, localPort }) =>
    localAddress === undefined
      ? remoteAddress !== undefined && remotePort !== undefined && localPort === undefined
      : remoteAddress === undefined && remotePort === undefined,
  "Name either remoteAddress and remotePort, or localAddress and perhaps localPort.",
);
/** OPEN for a UDP socket. */
export type UdpOpenFrame = z.infer<typeof UdpOpenFrame>;

/** OPEN for a TCP listener. */
export const TcpServerOpenFrame = z.strictObject({
  protocol: z.literal("tcp-server"),
  /** The address of this machine to listen on, as an IP literal. */
  localAddress: z.string().min(1).max(64),
  /** Absent: one from 32768 that is free. */
  localPort: z.int().min(1).max(65535).optional(),
  /** How many connections may wait to be accepted. */
  backlog: z.int().min(1).max(0xffffffff).optional(),
  /** Take no IPv4 on `::`. */
  ipv6Only: z.boolean().default(false),
  /** Connections that the broker may accept before it needs more credit. */
  credit: Credit,
  ...askMembers,
});
/** OPEN for a TCP listener. */
export type TcpServerOpenFrame = z.infer<typeof TcpServerOpenFrame>;

/** OPEN for a fetch: HEAD comes instead of OPENED, and the body of the answer as DATA. */
export const FetchOpenFrame = z.strictObject({
  protocol: z.literal("fetch"),
  ...FetchWish.shape,
  /** Whether the app sends a body, as DATA and then FIN, once it is given credit. */
  hasBody: z.boolean().default(false),
  /** Bytes of the answer that the broker may send before it needs more credit. */
  credit: Credit,
});
/** OPEN for a fetch. */
export type FetchOpenFrame = z.infer<typeof FetchOpenFrame>;

/** How many bytes of DATA one side has received, or sent, since the connection opened. */
const ByteCount = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** A secret that OPENED carries: 256 bits, base64url. */
const ResumeSecret = z.string().regex(/^[\w-]{43}$/);

/** OPEN for a connection that is open: its relay was lost, and its app goes on with it by this one. */
export const ResumeOpenFrame = z.strictObject({
  protocol: z.literal("resume"),
  sessionId: SessionId,
  /** The secret of the last OPENED. It is good once. */
  resumeSecret: ResumeSecret,
  /** What the app has taken: the broker sends what follows, again if need be. */
  receivedBytes: ByteCount,
  /** What the app has sent. */
  sentBytes: ByteCount,
});
/** OPEN for a connection that is open. */
export type ResumeOpenFrame = z.infer<typeof ResumeOpenFrame>;

/** OPEN, app to broker: open a socket of the kind that `protocol` names, fetch, or go on with a connection. */
export const OpenFrame = z.discriminatedUnion("protocol", [
  FetchOpenFrame,
  TcpOpenFrame,
  UdpOpenFrame,
  TcpServerOpenFrame,
  ResumeOpenFrame,
]);
/** OPEN, app to broker. */
export type OpenFrame = z.infer<typeof OpenFrame>;

/** WAITING, broker to app: the person is asked; OPENED or CLOSE follows. */
export const WaitingFrame = z.strictObject({ requestId: RequestId });
/** WAITING, broker to app. */
export type WaitingFrame = z.infer<typeof WaitingFrame>;

/** OPENED, broker to app: the socket is open. */
export const OpenedFrame = z.strictObject({
  sessionId: SessionId,
  /** The other end; absent for a socket that has none of its own. */
  remoteAddress: z.string().optional(),
  remotePort: z.int().optional(),
  localAddress: z.string(),
  localPort: z.int(),
  /** How the connection is encrypted; absent when it is plain. */
  tls: TlsFacts.optional(),
  /** By what the app may come back to a connection that it opened as reattachable; absent for all else. */
  resumeSecret: ResumeSecret.optional(),
  /** For a connection that the app has come back to: how far it got. */
  resumed: z.strictObject({
    /** Of the app's bytes: it sends again what follows. */
    receivedBytes: ByteCount,
    /** For how many of these it has given credit again: the app need not keep them any longer. */
    creditedBytes: ByteCount,
    /** For the app, those that are on their way again included. */
    sentBytes: ByteCount,
    /** Whether the app's FIN came. */
    finReceived: z.boolean(),
  }).optional(),
  /** Bytes, or datagrams, that the app may send before it needs more credit. */
  credit: Credit,
});
/** OPENED, broker to app. */
export type OpenedFrame = z.infer<typeof OpenedFrame>;

/** ACCEPTED, broker to app, on a stream that it begins: a listener took a connection, which this stream carries. */
export const AcceptedFrame = z.strictObject({
  listenerStreamId: z.int().min(1).max(0x7fffffff),
  sessionId: SessionId,
  remoteAddress: z.string(),
  remotePort: z.int(),
  localAddress: z.string(),
  localPort: z.int(),
  /** Bytes that the app may send before it needs more credit. */
  credit: Credit,
});
/** ACCEPTED, broker to app. */
export type AcceptedFrame = z.infer<typeof AcceptedFrame>;

/** HEAD, broker to app: the head of the answer to a fetch. */
export const HeadFrame = z.strictObject({ sessionId: SessionId, head: FetchHead });
/** HEAD, broker to app. */
export type HeadFrame = z.infer<typeof HeadFrame>;

/** CLOSE, either way: the stream is over at once, with the error that ended it or null. */
export const CloseFrame = z.strictObject({ error: SessionError.nullable() });
/** CLOSE, either way. */
export type CloseFrame = z.infer<typeof CloseFrame>;

/** DROPPED, broker to app: how many datagrams were dropped since the socket opened; at most once a second. */
export const DroppedFrame = z.strictObject({
  /** Those that came while the app was slow. */
  receivedCount: z.int().min(0),
  /** Those of the app: refused, over a limit, or not taken by the network. */
  sentCount: z.int().min(0),
  /** Why the last one of the app was dropped. */
  error: SessionError.optional(),
});
/** DROPPED, broker to app. */
export type DroppedFrame = z.infer<typeof DroppedFrame>;

/**
 * JOIN and LEAVE: a multicast group, and the one source to hear in it (RFC 4607) if only one is meant. LEAVE of the broker,
 * with the call 0, tells that it has left a group whose permission ended.
 */
export const GroupFrame = z.strictObject({
  /** Chosen by the app; DONE carries it back. */
  callId: z.int().min(0).max(0xffffffff),
  groupAddress: z.string().min(1).max(64),
  sourceAddress: z.string().min(1).max(64).optional(),
});
/** JOIN and LEAVE. */
export type GroupFrame = z.infer<typeof GroupFrame>;

/** DONE, broker to app: what came of a JOIN or LEAVE. */
export const DoneFrame = z.strictObject({
  callId: z.int().min(0).max(0xffffffff),
  error: SessionError.nullable(),
});
/** DONE, broker to app. */
export type DoneFrame = z.infer<typeof DoneFrame>;

/** STARTTLS, app to broker: encrypt a connection that is open, and upgradable. */
export const StartTlsFrame = TlsWish.extend({
  /** How many bytes of DATA the app has received; more would be plain text that nobody has read yet. */
  readBytes: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  /** Bytes that the broker may send, once it is encrypted, before it needs more credit. */
  credit: Credit,
});
/** STARTTLS, app to broker. */
export type StartTlsFrame = z.infer<typeof StartTlsFrame>;

/** SECURED, broker to app: the connection is encrypted from here on, and how. */
export const SecuredFrame = z.strictObject({ tls: TlsFacts });
/** SECURED, broker to app. */
export type SecuredFrame = z.infer<typeof SecuredFrame>;
