/** Text of others, made plain. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { escapedJson } from "../../components/escaped_json.ts";
import { plainText } from "../../components/plain_text.ts";

const cases: [name: string, text: string, shown: string][] = [
  ["plain text stays", "Check your inbox", "Check your inbox"],
  ["right-to-left override", "gpj.\u202eexe", "gpj.exe"],
  ["isolates", "\u2066a\u2069b", "ab"],
  ["left-to-right mark", "a\u200eb", "ab"],
  ["Arabic letter mark", "a\u061cb", "ab"],
  ["zero-width space", "pay\u200bpal", "paypal"],
  ["zero-width joiner", "pay\u200dpal", "paypal"],
  ["byte order mark", "\ufeffMail", "Mail"],
  ["soft hyphen", "Ma\u00adil", "Mail"],
  ["tag characters", "Mail\u{e0041}\u{e0042}", "Mail"],
  ["line breaks become spaces", "one\ntwo\r\nthree", "one two three"],
  ["line and paragraph separators", "one\u2028two\u2029three", "one two three"],
  ["tabs and runs of spaces", "a \t  b", "a b"],
  ["no-break spaces", "a\u00a0\u00a0b", "a b"],
  ["control characters", "a\u0000b\u001b[31mc\u0085d", "ab[31mc d"],
  ["lone surrogates", "a\ud800b", "ab"],
  ["private use", "a\ue000b", "ab"],
  ["Hangul filler", "a\u3164b", "ab"],
  ["braille blank", "a\u2800b", "ab"],
  ["stacked marks", `a${"\u0301".repeat(9)}`, "a\u0301\u0301\u0301"],
  ["letters of all scripts stay", "Почта メール بريد", "Почта メール بريد"],
  ["emoji stay", "Mail 📬", "Mail 📬"],
  ["white space at the ends", "  Mail  ", "Mail"],
  ["only invisible", "\u200b\u200b", ""],
];

for (const [name, text, shown] of cases) {
  Deno.test(`plainText: ${name}`, () => assert.equal(plainText(text), shown));
}

Deno.test("plainText cuts by code points, with an ellipsis", () => {
  assert.equal(plainText("📬📬📬📬", 3), "📬📬…");
  assert.equal(plainText("📬📬📬", 3), "📬📬📬");
});

Deno.test("plainText leaves nothing invisible, is idempotent and bounded", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
    const shown = plainText(text, 100);
    assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\n\r]/u);
    assert.ok([...shown].length <= 100);
    assert.equal(plainText(shown, 100), shown);
  }));
});

Deno.test("escapedJson shows what it holds, and stays the same JSON", () => {
  const value = { reason: "a\u202eb\u200b\u{e0041}", ok: [1, null] };
  const json = escapedJson(value);
  assert.doesNotMatch(json, /[\p{Cf}]/u);
  assert.match(json, /a\\u202eb\\u200b\\udb40\\udc41/);
  assert.deepEqual(JSON.parse(json), value);
});
