/**
 * npm `irc-framework`, unchanged: two people meet in a channel, and one hears what the other says. What it gives to
 * browsers knows WebSockets only; its sources know `net`.
 *
 * @module
 */
import { Client } from "irc-framework/src/index.js";

function join(port, nick) {
  const client = new Client();
  const joined = new Promise((resolve) =>
    client.on("join", (event) => event.nick === nick && resolve())
  );
  client.on("registered", () => client.join("#gatehouse"));
  client.connect({ host: "127.0.0.1", port, nick, auto_reconnect: false, ping_interval: 0 });
  return { client, joined };
}

export async function use({ port }) {
  const ada = join(port, "ada");
  await ada.joined;
  const charles = join(port, "charles");
  await charles.joined;
  const heard = new Promise((resolve) => {
    charles.client.on("privmsg", ({ nick, target, message }) => resolve([nick, target, message]));
  });
  const end = new Promise((resolve) => {
    ada.client.on("socket close", () => resolve("closed"));
    ada.client.on("socket error", (error) => resolve(error.code));
  });
  ada.client.say("#gatehouse", "Notes on the engine");
  return { result: await heard, end };
}
