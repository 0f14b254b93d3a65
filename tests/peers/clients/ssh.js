/** npm `ssh2`, unchanged: signs in, runs a command, reads a file by SFTP. @module */
import { Client } from "ssh2";

export async function use({ port, username, password, privateKey, file }) {
  const client = new Client();
  const end = new Promise((resolve) => {
    client.on("error", (error) => resolve(error.code ?? error.message));
    client.on("close", () => resolve("closed"));
  });
  await new Promise((resolve, reject) => {
    client.once("ready", resolve).once("error", reject);
    client.connect({ host: "127.0.0.1", port, username, password, privateKey });
  });
  const output = await new Promise((resolve, reject) => {
    client.exec("echo hello from $((40 + 2))", (error, stream) => {
      if (error) return reject(error);
      let text = "";
      stream.on("data", (data) => text += data);
      stream.on("close", (code) => resolve([text, code]));
    });
  });
  if (!file) return { result: output, end };
  const content = await new Promise((resolve, reject) => {
    client.sftp((error, sftp) => {
      if (error) return reject(error);
      sftp.readFile(file, (error, data) => error ? reject(error) : resolve(`${data}`));
    });
  });
  return { result: [...output, content], end };
}
