/** A mail client: reads a POP3 mailbox over a TCP socket (RFC 1939), and stays connected until it is cut. @module */
import { element, onPress, openGate, say } from "./gate.js";

const port = Number(document.body.dataset.mailPort);

onPress("without", "refused", () => {
  if (!("TCPSocket" in globalThis)) throw new Error("This browser has no TCP sockets for pages.");
});

/** The lines of a byte stream, without their line ends. */
async function* lines(readable) {
  let rest = "";
  for await (const text of readable.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\r\n");
    rest = parts.pop();
    yield* parts;
  }
}

const { sdk: { TCPSocket } } = await openGate({ name: "Mail", reason: "To read your mail" });

onPress("with", "state", async () => {
  const list = element("messages");
  list.replaceChildren();
  const { readable, writable } = await new TCPSocket("127.0.0.1", port).opened;
  const input = lines(readable);
  const next = async () => (await input.next()).value;
  const writer = writable.getWriter();
  const command = async (text) => {
    await writer.write(new TextEncoder().encode(`${text}\r\n`));
    const answer = await next();
    if (!answer?.startsWith("+OK")) throw new Error(`The server said: ${answer}`);
    return answer;
  };
  await next();
  await command("USER demo");
  await command("PASS demo");
  const count = Number((await command("STAT")).split(" ")[1]);
  for (let number = 1; number <= count; number++) {
    await command(`RETR ${number}`);
    for (let line = await next(); line !== "."; line = await next()) {
      const subject = /^Subject: (.*)$/.exec(line)?.[1];
      if (subject === undefined) continue;
      const item = document.createElement("li");
      item.textContent = subject;
      list.append(item);
    }
  }
  say("state", `${count} messages. Still connected: press Revoke in the dashboard.`);
  await next();
  say("state", "The server closed the connection.");
});
