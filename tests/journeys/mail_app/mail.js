/** A mail app: reads a POP3 mailbox over the SDK (RFC 1939), and stays connected until it is cut. @module */
const parameters = new URLSearchParams(location.search);
const { connect, TCPSocket } = await import(`${parameters.get("broker")}/sdk.js`);

const element = (id) => document.getElementById(id);
const say = (text) => element("state").value = text;

/** The lines of a byte stream, without their line ends. */
async function* lines(readable) {
  let rest = "";
  for await (const text of readable.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\r\n");
    rest = parts.pop();
    yield* parts;
  }
}

async function fetchMail() {
  element("fetch").disabled = true;
  element("messages").replaceChildren();
  element("error").value = "";
  const socket = new TCPSocket("127.0.0.1", Number(parameters.get("port")));
  socket.closed.then(
    () => say("closed"),
    (error) => {
      say("cut");
      element("error").value = `${error.name}: ${error.message} [${error.cause?.code}]`;
    },
  );
  try {
    const { readable, writable } = await socket.opened;
    const input = lines(readable);
    const writer = writable.getWriter();
    const next = async () => (await input.next()).value;
    const command = async (text) => {
      await writer.write(new TextEncoder().encode(`${text}\r\n`));
      const answer = await next();
      if (!answer?.startsWith("+OK")) throw new Error(`The server said ${answer}`);
      return answer;
    };
    await next();
    await command(`USER ${parameters.get("user")}`);
    await command(`PASS ${parameters.get("password")}`);
    const count = Number((await command("STAT")).split(" ")[1]);
    for (let number = 1; number <= count; number++) {
      await command(`RETR ${number}`);
      for (let line = await next(); line !== "."; line = await next()) {
        const subject = /^Subject: (.*)$/.exec(line)?.[1];
        if (subject === undefined) continue;
        const item = document.createElement("li");
        item.textContent = subject;
        element("messages").append(item);
      }
    }
    say("connected");
    await next();
  } catch (error) {
    if (element("error").value === "") element("error").value = `${error.name}: ${error.message}`;
  } finally {
    element("fetch").disabled = false;
  }
}

const gatehouse = await connect({
  broker: parameters.get("broker"),
  app: { name: "Mail", reason: "To fetch your messages" },
});
gatehouse.events.addEventListener("waiting", ({ detail }) => say(`waiting for ${detail.for}`));
if ((await gatehouse.registered).state === "pending-installation") say("waiting for installation");
await gatehouse.installed;
say("installed");
element("fetch").disabled = false;
element("fetch").addEventListener("click", fetchMail);
