import assert from "node:assert/strict";
import { serverNameOf } from "../../../broker/core/server_name.ts";
import { socketTarget, TargetError } from "../../../broker/core/target.ts";

Deno.test("the name is the app's, else the target's, in canonical form", () => {
  const rows: [string, string | undefined, string][] = [
    ["IMAP.Example.com.", undefined, "imap.example.com"],
    ["bücher.example", undefined, "xn--bcher-kva.example"],
    ["0x7f.1", undefined, "127.0.0.1"],
    ["[2001:DB8::1]", undefined, "2001:db8::1"],
    ["192.0.2.1", "Mail.Example.com", "mail.example.com"],
    ["mail.example.com", "2001:db8:0::1", "2001:db8::1"],
  ];
  for (const [host, wished, name] of rows) {
    assert.equal(serverNameOf(socketTarget(host, 993), wished), name);
  }
});

Deno.test("what is no name and no address is refused; nothing becomes an empty name", () => {
  const target = socketTarget("mail.example.com", 993);
  for (
    const wished of ["", " ", "*", "*.example.com", "a b", "10.0.0.0/8", "a:1", ".", "fe80::1%lo"]
  ) {
    assert.throws(() => serverNameOf(target, wished), TargetError, wished);
  }
});
