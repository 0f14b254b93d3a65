/** The encoding of BitTorrent (BEP 3), as far as its DHT needs it: byte strings, integers, lists and dictionaries. @module */

/** Writes a value. */
export function encode(value) {
  const pieces = [];
  write(value, pieces);
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

function write(value, pieces) {
  const ascii = (text) => pieces.push(new TextEncoder().encode(text));
  if (typeof value === "number") ascii(`i${value}e`);
  else if (typeof value === "string") write(new TextEncoder().encode(value), pieces);
  else if (value instanceof Uint8Array) {
    ascii(`${value.length}:`);
    pieces.push(value);
  } else {
    ascii("d");
    for (const name of Object.keys(value).sort()) {
      write(name, pieces);
      write(value[name], pieces);
    }
    ascii("e");
  }
}

/** Reads a value; strings stay bytes. */
export function decode(bytes) {
  let at = 0;
  const until = (end) => {
    const start = at;
    at = bytes.indexOf(end.charCodeAt(0), at) + 1;
    return Number(new TextDecoder().decode(bytes.subarray(start, at - 1)));
  };
  const read = () => {
    const kind = String.fromCharCode(bytes[at]);
    if (kind === "i") {
      at++;
      return until("e");
    }
    if (kind === "l" || kind === "d") {
      at++;
      const items = [];
      while (bytes[at] !== "e".charCodeAt(0)) items.push(read());
      at++;
      if (kind === "l") return items;
      const names = items.filter((_, n) => n % 2 === 0).map((name) =>
        new TextDecoder().decode(name)
      );
      return Object.fromEntries(names.map((name, n) => [name, items[2 * n + 1]]));
    }
    const length = until(":");
    return bytes.slice(at, at += length);
  };
  return read();
}
