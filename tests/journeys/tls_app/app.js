/** An app that speaks TLS over the SDK, from the beginning and after STARTTLS; a test drives it through `globalThis.app`. @module */
import { install } from "./gatehouse.js";

const broker = new URLSearchParams(location.search).get("broker");
const gatehouse = await install(globalThis, { broker, app: { name: "Post" } });

const bytesOf = (text) => new TextEncoder().encode(text);
const tell = ({ name, cause }) => ({
  name,
  code: cause?.code ?? null,
  phase: cause?.phase ?? null,
});

/** Connects, sends a text, and tells what came back and what is known of the server; or how it failed. */
async function echo(port, options, text) {
  const socket = new TLSSocket("127.0.0.1", port, options);
  const closed = socket.closed.then(() => null, tell);
  try {
    const { readable, writable, alpn, certificate } = await socket.opened;
    const writer = writable.getWriter();
    await writer.write(bytesOf(text));
    await writer.close();
    return { echoed: await new Response(readable).text(), alpn, certificate };
  } catch (fault) {
    return { opened: tell(fault), closed: await closed };
  }
}

/** An SMTP connection (RFC 5321): a line to the server, and the whole of its answer, which may have several. */
function conversation({ readable, writable }) {
  const reader = readable.getReader();
  const writer = writable.getWriter();
  let heard = "";
  const answer = async () => {
    while (!/^\d{3} .*\r\n$/m.test(heard)) {
      const { done, value } = await reader.read();
      if (done) throw new Error(`The server ended after ${heard}`);
      heard += new TextDecoder().decode(value);
    }
    const lines = heard.trimEnd().split("\r\n");
    heard = "";
    return lines;
  };
  const say = async (line) => {
    await writer.write(bytesOf(`${line}\r\n`));
    return await answer();
  };
  return { answer, say };
}

/** A mail that is being handed over: first in plain text, then encrypted (RFC 3207), each step when the test says so. */
class Submission {
  async connect(port) {
    this.socket = new TCPSocket("127.0.0.1", port, { secureTransport: "starttls" });
    this.plain = conversation(await this.socket.opened);
    const greeting = await this.plain.answer();
    return [greeting, await this.plain.say("EHLO app.example")];
  }

  async encrypt(options) {
    const [ready] = await this.plain.say("STARTTLS");
    const secure = this.socket.startTls(options);
    await this.socket.closed;
    const opened = await secure.opened;
    this.encrypted = conversation(opened);
    const { subject } = opened.certificate;
    return { ready, subject, offers: await this.encrypted.say("EHLO app.example") };
  }

  async send(user, password, text) {
    const login = btoa(`\0${user}\0${password}`);
    const answers = [];
    for (
      const line of [
        `AUTH PLAIN ${login}`,
        "MAIL FROM:<a@app.example>",
        "RCPT TO:<b@mail.example>",
        "DATA",
        `Subject: ${text}\r\n\r\n${text}\r\n.`,
        "QUIT",
      ]
    ) answers.push((await this.encrypted.say(line))[0].slice(0, 3));
    return answers;
  }
}

/** Says STARTTLS, encrypts, and tells what comes back of a text; the connection stays open. */
async function upgrade(port, options) {
  const socket = new TCPSocket("127.0.0.1", port, { secureTransport: "starttls" });
  const { readable, writable } = await socket.opened;
  const reader = readable.getReader();
  await reader.read();
  await writable.getWriter().write(bytesOf("STARTTLS\r\n"));
  await reader.read();
  const secure = await socket.startTls(options).opened;
  await secure.writable.getWriter().write(bytesOf("NOOP"));
  const { value } = await secure.readable.getReader().read();
  return new TextDecoder().decode(value);
}

globalThis.app = { echo, upgrade, submission: new Submission() };
const say = (text) => document.getElementById("state").value = text;
say((await gatehouse.registered).state);
gatehouse.installed.then(() => say("installed"), (fault) => say(`${fault}`));
