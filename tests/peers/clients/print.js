/** A print job over the SDK alone: asks the printer how it is, sends a page, waits until it is printed. @module */
export async function use({ port, broker, jobBytes }) {
  const { TCPSocket } = await import(`${broker}/sdk.js`);
  const socket = new TCPSocket("127.0.0.1", port, { reason: "To print the page" });
  const end = socket.closed.then(() => "closed", (error) => `${error.name} ${error.cause.code}`);
  const { readable, writable } = await socket.opened;
  const answers = readable.pipeThrough(new TextDecoderStream()).getReader();
  const answer = async () => {
    let text = "";
    while (!text.includes("\f")) text += (await answers.read()).value;
    return text.split("\r\n").slice(1, -1);
  };
  const writer = writable.getWriter();
  const print = (text) => writer.write(new TextEncoder().encode(text));
  await print("\x1b%-12345X@PJL\r\n@PJL INFO STATUS\r\n");
  const status = await answer();
  await print("@PJL ENTER LANGUAGE=PCL\r\n");
  // All bytes but the escape that ends the job.
  await writer.write(Uint8Array.from({ length: jobBytes }, (_, n) => 28 + n % 200));
  await print("\x1b%-12345X");
  const printed = await answer();
  answers.read().catch(() => {}); // Nothing more comes until it is cut.
  return { result: [...status, ...printed], end };
}
