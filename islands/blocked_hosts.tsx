/** The hosts that no app may reach: each can be unblocked, and another one blocked. @module */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type Dashboard, isInert } from "../components/dashboard_model.ts";
import { GuardedButton } from "../components/guarded_button.tsx";
import { blockHost, unblockHost } from "../components/host_access_acts.ts";
import { fillText } from "../components/phrase.ts";
import { plainText } from "../components/plain_text.ts";
import { text } from "../components/text.ts";
import { useStage } from "../components/use_stage.ts";

/** The list, and the field for one more. A failure stands under the page's heading. */
export default function BlockedHosts(
  { dashboard }: { readonly dashboard: Dashboard },
): JSX.Element {
  const stage = useStage(dashboard);
  const [host, setHost] = useState("");
  const [busy, setBusy] = useState(false);
  const inert = busy || isInert(dashboard);
  const hosts = dashboard.snapshot.value.blockedHosts;
  const words = text.blockedHosts;
  const run = (perform: () => Promise<void>) => {
    setBusy(true);
    return perform().finally(() => setBusy(false));
  };
  const submit = (event: JSX.TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (inert || host.trim() === "") return;
    void run(() => blockHost(stage, host.trim())).then(() => setHost(""), () => {});
  };
  return (
    <section aria-labelledby="blocked-hosts">
      <h2 id="blocked-hosts">{words.heading}</h2>
      <p class="muted">{hosts.length === 0 ? words.none : words.hint}</p>
      <ul class="controls">
        {hosts.map(({ id }) => (
          <li key={id} data-blocked={id}>
            <GuardedButton
              class="small"
              shown={id}
              inert={inert}
              label={fillText(words.unblockLabel, { host: plainText(id, 260) })}
              onPress={() => void run(() => unblockHost(stage, id)).catch(() => {})}
            >
              {words.unblock}
            </GuardedButton>
            <span class="mono wrap">
              <bdi>{plainText(id, 260)}</bdi>
            </span>
          </li>
        ))}
      </ul>
      <form onSubmit={submit}>
        <p>
          <label for="block-host">{words.label}</label>{" "}
          <input
            id="block-host"
            class="mono"
            value={host}
            maxLength={253}
            autocomplete="off"
            spellcheck={false}
            aria-describedby="block-host-hint"
            onInput={({ currentTarget }) => setHost(currentTarget.value)}
          />{" "}
          <button type="submit" aria-disabled={inert ? "true" : undefined}>{words.block}</button>
        </p>
        <p class="note" id="block-host-hint">{words.labelHint}</p>
      </form>
    </section>
  );
}
