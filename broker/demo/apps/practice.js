/** The practice app: asks Gatehouse for a socket to a loopback echo server, and shows what becomes of it. @module */
const { broker, echoPort } = document.body.dataset;
const { connect, TCPSocket } = await import(`${broker}/sdk.js`);

const element = (id) => document.getElementById(id);

function step(id, state, text) {
  element(id).dataset.state = state;
  element(id).querySelector(".what").textContent = text;
}

function log(text) {
  const item = document.createElement("li");
  item.textContent = `${new Date().toLocaleTimeString()}  ${text}`;
  element("log").append(item);
}

try {
  const gatehouse = await connect({
    broker,
    app: { name: "Practice app", reason: "To show you how Gatehouse works" },
  });
  gatehouse.events.addEventListener("waiting", ({ detail }) => {
    if (detail.for !== "request") return;
    step("ask", "asking", "Waiting for your answer in the dashboard.");
    log(`Asked for ${detail.target}.`);
  });
  if ((await gatehouse.registered).state === "pending-installation") {
    step("install", "asking", "Waiting for you: choose Install in the dashboard.");
  }
  await gatehouse.installed;
  step("install", "done", "Installed. Nothing is allowed yet.");
  element("connect").disabled = false;
} catch (error) {
  step("install", "waiting", error.message);
  log(error.message);
}

let writer;

async function talk() {
  element("connect").disabled = true;
  const socket = new TCPSocket("127.0.0.1", Number(echoPort));
  let timer;
  try {
    const { readable, writable, localPort } = await socket.opened;
    step("ask", "done", "You allowed it.");
    step("talk", "asking", `Connected from port ${localPort}.`);
    log("Connected.");
    element("disconnect").hidden = false;
    writer = writable.getWriter();
    let count = 0;
    const say = () => writer.write(new TextEncoder().encode(`Hello ${++count}\n`)).catch(() => {});
    timer = setInterval(say, 1000);
    say();
    for await (const text of readable.pipeThrough(new TextDecoderStream())) {
      log(`The echo server said: ${text.trim()}`);
    }
    log("The echo server closed the connection.");
  } catch (error) {
    log(error.message);
    step("ask", "waiting", "Press the button to ask again.");
  } finally {
    clearInterval(timer);
    element("disconnect").hidden = true;
    element("connect").disabled = false;
    if (element("talk").dataset.state === "asking") {
      step("talk", "done", "It is over. Connect again if you like.");
    }
  }
}

element("connect").addEventListener("click", talk);
// Closing the writable says that nothing more comes (FIN); the echo server then closes its side too.
element("disconnect").addEventListener("click", () => writer.close().catch(() => {}));
