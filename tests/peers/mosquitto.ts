/** A real MQTT broker: Mosquitto, without passwords, on loopback. @module */
import { type PeerServer, startPeer } from "./peer_process.ts";

/** Starts the server, and resolves once it takes connections. */
export function startMosquitto(): Promise<PeerServer> {
  return startPeer({
    command: "mosquitto",
    debianPackage: "mosquitto",
    files: (port) => ({
      "mosquitto.conf": `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`,
    }),
    args: (directory) => ["-c", `${directory}/mosquitto.conf`],
  });
}
