/** CSV that no spreadsheet calculates. @module */
import assert from "node:assert/strict";
import { csvRow } from "../../../broker/core/csv.ts";

const cells: readonly (readonly [string | number | null, string])[] = [
  [null, ""],
  [-1, "-1"],
  ["", '""'],
  ["imap.example.com:993", '"imap.example.com:993"'],
  ['say "no"', '"say ""no"""'],
  ["a,b\r\nc", '"a,b\r\nc"'],
  ['=HYPERLINK("http://evil.example")', '"\'=HYPERLINK(""http://evil.example"")"'],
  ["+1", '"\'+1"'],
  ["-1", '"\'-1"'],
  ["@SUM(A1)", '"\'@SUM(A1)"'],
  ["\t=1", '"\'\t=1"'],
  ["  =1", '"\'  =1"'],
  ["\r=1", '"\'\r=1"'],
  ["\ufeff=1", '"\'\ufeff=1"'],
  ["＝1", '"\'＝1"'],
  ["*.example.com:443", '"*.example.com:443"'],
];
for (const [cell, written] of cells) {
  Deno.test(`csv: ${JSON.stringify(cell)}`, () => assert.equal(csvRow([cell]), `${written}\r\n`));
}

Deno.test("csv: cells with commas between", () => {
  assert.equal(csvRow([1, "a", null]), '1,"a",\r\n');
});
