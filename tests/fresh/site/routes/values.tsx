import { computed, signal } from "@preact/signals";
import { define } from "../define.ts";
import Values from "../islands/Values.tsx";

export default define.page(() => {
  const shared = { name: "</script><!--\u2028" };
  const value = {
    shared,
    again: shared,
    date: new Date(0),
    url: new URL("https://example.com/"),
    map: new Map([[1n, new Set([undefined, NaN])]]),
    bytes: new Uint8Array([1, 2, 255]),
    twice: computed(() => 4),
    signal: signal([Infinity]),
  };
  return <Values value={value} />;
});
