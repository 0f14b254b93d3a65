/**
 * Shows which values arrived.
 * @module
 */
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { VNode } from "preact";
import { asset, Head, IS_BROWSER } from "fresh/runtime";

/** Values that plain JSON cannot carry. */
export interface ValuesProps {
  value: {
    shared: { name: string };
    again: { name: string };
    date: Date;
    url: URL;
    map: Map<bigint, Set<number | undefined>>;
    bytes: Uint8Array;
    twice: ReadonlySignal<number>;
    signal: Signal<number[]>;
  };
}

/** Lists them, on the server and in the browser alike. */
export default function Values({ value }: ValuesProps): VNode {
  const { shared, again, date, url, map, bytes, twice, signal } = value;
  const seen = [
    shared === again,
    shared.name,
    date.toISOString(),
    url.host,
    map.get(1n)?.has(undefined),
    map.get(1n)?.has(NaN),
    bytes.join(),
    twice.value,
    signal.value[0],
  ];
  return (
    <>
      <Head>
        <title>{IS_BROWSER ? "In the browser" : "On the server"}</title>
      </Head>
      <img src="/dot.svg" alt="" />
      <a href={asset("/dot.svg")}>dot</a>
      <code data-alive={String(IS_BROWSER)}>{seen.map(String).join(" ")}</code>
    </>
  );
}
