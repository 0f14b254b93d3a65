/** Messages of DNS (RFC 1035), as far as a question for an IPv4 address needs them. @module */

/** A question for the A records of a name. */
export function nameQuery(name, id) {
  const labels = name.split(".").flatMap((
    label,
  ) => [label.length, ...new TextEncoder().encode(label)]);
  // Recursion desired, unless it goes to everyone at once (RFC 6762 has id 0).
  return Uint8Array.from([
    0,
    id,
    id === 0 ? 0 : 1,
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
    0,
    ...labels,
    0,
    0,
    1,
    0,
    1,
  ]);
}

/** The addresses of an answer; none of a question. */
export function readAddresses(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if ((view.getUint8(2) & 0x80) === 0) return [];
  let at = 12;
  const skipName = () => {
    while (view.getUint8(at) !== 0) {
      if (view.getUint8(at) >= 0xc0) return at += 2;
      at += 1 + view.getUint8(at);
    }
    at++;
  };
  for (let question = view.getUint16(4); question > 0; question--) {
    skipName();
    at += 4;
  }
  const addresses = [];
  for (let record = view.getUint16(6); record > 0; record--) {
    skipName();
    const [type, length] = [view.getUint16(at), view.getUint16(at + 8)];
    at += 10;
    if (type === 1) addresses.push([...bytes.subarray(at, at + 4)].join("."));
    at += length;
  }
  return addresses;
}
