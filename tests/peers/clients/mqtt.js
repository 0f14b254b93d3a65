/**
 * npm `mqtt`, unchanged: subscribes, publishes, and gets its own message. Its `connect()` takes WebSockets wherever it
 * sees a `window`; its client takes any stream.
 *
 * @module
 */
import net from "net";
import { MqttClient } from "mqtt";

export async function use({ port }) {
  const client = new MqttClient(() => net.connect({ host: "127.0.0.1", port }), {
    clientId: "gatehouse",
    reconnectPeriod: 0,
  });
  const end = new Promise((resolve) => {
    client.on("error", (error) => resolve(error.code));
    client.on("close", () => resolve("closed"));
  });
  await Promise.race([end, new Promise((resolve) => client.once("connect", resolve))]);
  await client.subscribeAsync("gatehouse/+");
  const message = new Promise((resolve) => {
    client.once("message", (topic, payload) => resolve([topic, `${payload}`]));
  });
  await client.publishAsync("gatehouse/door", "open", { qos: 1 });
  return { result: await message, end };
}
