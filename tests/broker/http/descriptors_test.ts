/** Running out of file descriptors is survived. @module */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../../broker/stores/system_clock.ts";
import { exchange, RawConnection } from "../../fakes/raw_http.ts";

const program = fileURLToPath(new URL("./deaf_front.ts", import.meta.url));

/** Starts a front that may have `descriptors` files open, and waits for its port. */
async function startLimited(
  descriptors: number,
): Promise<{ child: Deno.ChildProcess; port: number }> {
  // As one file: reading modules, and the packages of a project, takes more descriptors than it may have.
  const outputPath = await Deno.makeTempFile({ prefix: "gatehouse-front-", suffix: ".js" });
  const { success } = await Deno.bundle({ entrypoints: [program], outputPath, platform: "deno" });
  assert.ok(success);
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      `ulimit -n ${descriptors} && exec "$0" run --allow-all --no-config --no-lock "$1"`,
      Deno.execPath(),
      outputPath,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) throw new Error("It did not start.");
    text += new TextDecoder().decode(value);
  }
  await reader.cancel();
  await Deno.remove(outputPath);
  return { child, port: Number(text) };
}

Deno.test({
  name:
    "a front that ran out of file descriptors serves again once there are some, its time limits included",
  ignore: Deno.build.os === "windows",
  async fn() {
    const { child, port } = await startLimited(100);
    // One that stays deaf would keep the attempts below waiting: its end makes them fail.
    const notGivenUp = systemClock.setTimer(15_000, () => child.kill("SIGKILL"));
    try {
      const held = await Promise.all(Array.from({ length: 300 }, () => RawConnection.open(port)));
      // The first that was taken answers; the last ones wait in the kernel for a descriptor.
      await held[0]!.write(`GET / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
      await held[0]!.until(/served/);
      for (const connection of held) connection.close();
      const request = `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`;
      let answer = "";
      let ended = false;
      child.status.then(() => ended = true);
      while (answer === "" && !ended) answer = await attempt(port, request);
      assert.match(answer, /served/);
      assert.match(await exchange(port, "GET / HT"), /^HTTP\/1\.1 408/);
    } finally {
      notGivenUp();
      child.kill("SIGKILL");
      await child.status;
    }
  },
});

/** One attempt: empty when the connection is reset or refused, as while it listens anew. */
async function attempt(port: number, request: string): Promise<string> {
  try {
    return await exchange(port, request);
  } catch (fault) {
    if (fault instanceof Deno.errors.ConnectionRefused) return "";
    throw fault;
  }
}
