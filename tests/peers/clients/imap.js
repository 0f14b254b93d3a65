/** npm `imapflow`, unchanged, over `tls`: signs in, lists the mailbox, reads a message, and marks it as seen. @module */
import { ImapFlow } from "imapflow";

export async function use({ port, user, password }) {
  const client = new ImapFlow({
    host: "127.0.0.1",
    port,
    secure: true,
    auth: { user, pass: password },
    logger: false,
    disableAutoIdle: true,
  });
  const end = new Promise((resolve) => {
    client.on("error", (error) => resolve(error.code));
    client.on("close", () => resolve("closed"));
  });
  await client.connect();
  const { exists } = await client.mailboxOpen("INBOX");
  const subjects = [];
  for await (const { envelope } of client.fetch("1:*", { envelope: true })) {
    subjects.push(envelope.subject);
  }
  const { content } = await client.download("1");
  let text = "";
  for await (const chunk of content) text += chunk;
  await client.messageFlagsAdd("1", ["\\Seen"]);
  const seen = await client.search({ seen: true });
  return { result: { exists, subjects, text: text.split("\r\n").at(-3), seen }, end };
}
