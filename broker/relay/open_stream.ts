/** Which stream serves which OPEN. @module */
import type { OpenFrame } from "../schema/relay.ts";
import type { RelayHost } from "./relay_stream.ts";
import { openFetchStream } from "./fetch_stream.ts";
import { openListenerStream } from "./listener_stream.ts";
import { resumeStream } from "./resume_stream.ts";
import { openTcpStream } from "./tcp_stream.ts";
import { openUdpStream } from "./udp_stream.ts";

/** Opens the socket that `body` asks for, as stream `streamId` of the relay. */
export function openStream(host: RelayHost, streamId: number, body: OpenFrame): void {
  switch (body.protocol) {
    case "fetch":
      return openFetchStream(host, streamId, body);
    case "resume":
      return resumeStream(host, streamId, body);
    case "tcp":
      return openTcpStream(host, streamId, body);
    case "tcp-server":
      return openListenerStream(host, streamId, body);
    case "udp":
      return openUdpStream(host, streamId, body);
  }
}
