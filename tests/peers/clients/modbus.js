/** npm `modbus-serial`, unchanged, over `net`: writes registers and a coil, and reads them back. @module */
import ModbusRTU from "modbus-serial";

export async function use({ port }) {
  const client = new ModbusRTU();
  await client.connectTCP("127.0.0.1", { port });
  const end = new Promise((resolve) => {
    client.on("error", (error) => resolve(error.code ?? error.message));
    client.on("close", () => resolve("closed"));
  });
  client.setID(1);
  await client.writeRegisters(5, [17, 4711]);
  await client.writeCoil(2, true);
  const registers = await client.readHoldingRegisters(5, 2);
  const coils = await client.readCoils(2, 1);
  return { result: [registers.data, coils.data[0]], end };
}
