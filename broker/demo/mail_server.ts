/** A small POP3 server with three messages for whoever asks (RFC 1939). @module */
import { createServer, type Server } from "node:net";

const messages = [
  ["Ada", "Welcome to Gatehouse"],
  ["Grace", "You allowed this connection yourself"],
  ["Edsger", "Press Revoke, and the next message does not come"],
].map(([from, subject]) =>
  `From: ${from} <${from?.toLowerCase()}@example.com>\r\nSubject: ${subject}\r\n\r\nHello.\r\n.`
);

const maxLineLength = 512;

/** The server. Any user and any password do. */
export function mailServer(): Server {
  return createServer((socket) => {
    let rest = "";
    const say = (text: string) => socket.write(`${text}\r\n`);
    socket.setEncoding("utf8");
    socket.on("error", () => socket.destroy());
    socket.on("data", (text: string) => {
      const lines = (rest + text).split("\r\n");
      rest = lines.pop() ?? "";
      if (rest.length > maxLineLength) return socket.destroy();
      for (const line of lines) {
        say(reply(line));
        if (/^QUIT\b/i.test(line)) return socket.end();
      }
    });
    say("+OK Gatehouse's demo is ready");
  });
}

function reply(line: string): string {
  const [command = "", argument = ""] = line.split(" ");
  const message = messages[Number(argument) - 1];
  switch (command.toUpperCase()) {
    case "USER":
    case "PASS":
    case "NOOP":
    case "QUIT":
      return "+OK";
    case "STAT":
      return `+OK ${messages.length} ${messages.join("").length}`;
    case "RETR":
      return message === undefined ? "-ERR There is no such message" : `+OK\r\n${message}`;
    default:
      return "-ERR The demo does not know this command";
  }
}
