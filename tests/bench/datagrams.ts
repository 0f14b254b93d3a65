/** The measure of datagrams: how many go to the target and come back in a second, several on their way at a time. @module */
import type { Carrier } from "./carrier.ts";
import type { Figures } from "./measures.ts";

const datagramBytes = 512;
/** How many are on their way. */
const window = 16;
const spanMs = 1000;
/** After this long without one coming back, those on their way are taken for lost. */
const lostMs = 100;

/** Round trips of datagrams; nothing where the carrier has none. */
export async function datagrams({ openDatagrams }: Carrier): Promise<Figures> {
  if (!openDatagrams) return {};
  const carried = await openDatagrams();
  const bytes = new Uint8Array(datagramBytes);
  let returned = 0;
  let heardMs = performance.now();
  const send = () => void carried.send(bytes).catch(() => {});
  carried.receive(() => {
    returned++;
    heardMs = performance.now();
    send();
  });
  const startMs = performance.now();
  for (let n = 0; n < window; n++) send();
  while (performance.now() - startMs < spanMs) {
    await new Promise((resolve) => setTimeout(resolve, lostMs));
    if (performance.now() - heardMs < lostMs) continue;
    for (let n = 0; n < window; n++) send();
  }
  const elapsedMs = performance.now() - startMs;
  carried.close();
  return { "datagrams there and back, 1/s": returned / elapsedMs * 1000 };
}
