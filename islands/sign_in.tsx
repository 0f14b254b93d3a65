/** Uses a launch link up: takes the token out of the URL, posts it, keeps the secret, and goes to the dashboard. @module */
import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import { adminBase, adminHeaders, secretKey } from "../components/admin_client.ts";

const texts = {
  working: "Signing in…",
  needLink:
    "This browser is not signed in. Run `deno task link` where Gatehouse runs, and open the link it prints.",
  spent:
    "This link was used before, or is older than five minutes. Run `deno task link`, and open the new link it prints.",
  offline: "Gatehouse does not answer. Is it still running? Start it with `deno task start`.",
} as const;

/** Says how signing in goes. On success the page is left for the dashboard. */
export default function SignIn(): VNode {
  const outcome = useSignal<keyof typeof texts>("working");
  useEffect(() => {
    signIn().then((result) => {
      if (result === "done") location.replace("/welcome?start");
      else outcome.value = result;
    });
  }, []);
  return <p role="status">{texts[outcome.value]}</p>;
}

async function signIn(): Promise<"done" | keyof typeof texts> {
  const token = location.hash.slice(1);
  // Out of the address bar and the history at once, whatever becomes of it.
  history.replaceState(null, "", location.pathname);
  try {
    if (token === "") return await isSignedIn() ? "done" : "needLink";
    const response = await fetch(`${adminBase}/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
    });
    if (!response.ok) return await isSignedIn() ? "done" : "spent";
    const { secret } = await response.json();
    localStorage.setItem(secretKey, secret);
    return "done";
  } catch {
    return "offline";
  }
}

/** Whether cookie and secret of an earlier sign-in still hold: then a spent link does no harm. */
async function isSignedIn(): Promise<boolean> {
  const headers = adminHeaders(localStorage.getItem(secretKey));
  return (await fetch(`${adminBase}/settings`, { headers })).ok;
}
