/** npm `nodemailer`, unchanged: begins in plain text, encrypts by STARTTLS, and sends a message. @module */
import SMTPConnection from "nodemailer/lib/smtp-connection";
import MailComposer from "nodemailer/lib/mail-composer";

export async function use({ port, servername }) {
  const connection = new SMTPConnection({
    host: "127.0.0.1",
    port,
    requireTLS: true,
    tls: { servername },
  });
  const end = new Promise((resolve) => {
    connection.on("error", (error) => resolve(error.code));
    connection.on("end", () => resolve("closed"));
  });
  await new Promise((resolve, reject) => {
    connection.once("error", reject);
    connection.connect(resolve);
  });
  const mail = new MailComposer({
    from: "charles@example.com",
    to: "ada@example.com",
    subject: "Notes on the engine",
    text: "Sent from a web page.",
  }).compile();
  const { accepted } = await new Promise((resolve, reject) => {
    const envelope = { from: "charles@example.com", to: ["ada@example.com"] };
    connection.send(envelope, mail.createReadStream(), (error, info) => {
      if (error) reject(error);
      else resolve(info);
    });
  });
  return { result: { accepted, secure: connection.secure }, end };
}
