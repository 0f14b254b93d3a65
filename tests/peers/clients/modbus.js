/**
 * npm `modbus-serial`, unchanged: writes registers and a coil, and reads them back. It tells nobody when its connection
 * breaks, so it is given a socket that does.
 *
 * @module
 */
import net from "net";
import ModbusRTU from "modbus-serial";

export async function use({ port }) {
  const socket = new net.Socket();
  const end = new Promise((resolve) => {
    socket.on("error", (error) => resolve(error.code));
    socket.on("close", () => resolve("closed"));
  });
  await new Promise((resolve) => socket.connect(port, "127.0.0.1", resolve));
  const client = new ModbusRTU();
  await client.connectTCP("127.0.0.1", { socket });
  client.setID(1);
  await client.writeRegisters(5, [17, 4711]);
  await client.writeCoil(2, true);
  const registers = await client.readHoldingRegisters(5, 2);
  const coils = await client.readCoils(2, 1);
  return { result: [registers.data, coils.data[0]], end };
}
