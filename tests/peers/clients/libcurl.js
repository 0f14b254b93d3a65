/**
 * npm `libcurl.js`, unchanged, over Wisp: HTTP, and TLS of its own, whose certificates only its own authorities sign. It
 * knows nothing of Gatehouse but an address.
 *
 * @module
 */
import { libcurl } from "libcurl.js/bundled";

export async function use({ port, tlsPort, broker, token }) {
  await libcurl.load_wasm();
  libcurl.set_websocket(`${broker.replace("http", "ws")}/wisp/${token}/`);
  const answer = await libcurl.fetch(`http://127.0.0.1:${port}/echo`, {
    method: "POST",
    body: "posted by libcurl",
  });
  const body = await answer.text();
  const encrypted = await libcurl.fetch(`https://127.0.0.1:${tlsPort}/`).catch(String);
  const endless = await libcurl.fetch(`http://127.0.0.1:${port}/endless`);
  const reader = endless.body.getReader();
  await reader.read();
  const end = (async () => {
    try {
      for (;;) if ((await reader.read()).done) return "ended";
    } catch {
      return "failed";
    }
  })();
  return { result: [answer.status, body, /certificate/.test(encrypted)], end };
}
