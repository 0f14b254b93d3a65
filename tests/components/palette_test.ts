/** The stylesheet: its colours are those of the palette, and it stays small. @module */
import assert from "node:assert/strict";
import * as palette from "@radix-ui/colors";

const css = await Deno.readTextFile(new URL("../../static/styles.css", import.meta.url));
const steps = palette as unknown as Record<string, Record<string, string>>;

Deno.test("a colour that is named after a step of the palette has its value, light and dark", () => {
  const named = [...css.matchAll(/--(\w+)-(\d+): light-dark\((#\w+), (#\w+)\);/g)];
  assert.ok(named.length >= 10);
  for (const [, scale = "", step, light, dark] of named) {
    assert.equal(light, steps[scale]?.[scale + step], `${scale} ${step}, light`);
    assert.equal(dark, steps[`${scale}Dark`]?.[scale + step], `${scale} ${step}, dark`);
  }
});

Deno.test("every other colour is a step of some scale, or white", () => {
  const known = new Set(["#fff", "#ffffff"]);
  for (const [scale, values] of Object.entries(steps)) {
    if (!/A$|P3/.test(scale)) { for (const value of Object.values(values)) known.add(value); }
  }
  const strange = [...css.matchAll(/#[0-9a-f]{3,8}\b/g)].map(([value]) => value)
    .filter((value) => !known.has(value));
  assert.deepEqual(strange, []);
});

Deno.test("the stylesheet is smaller than 20 kB", () => {
  assert.ok(new TextEncoder().encode(css).length < 20_000);
});
