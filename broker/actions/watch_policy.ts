/** Watching the policy: what comes into force, or is rejected, stands in the history; what it installs is installed. @module */
import { historyDraft } from "./history_draft.ts";
import { installForcedApps } from "./install_forced_apps.ts";
import type { Broker } from "./ports.ts";

/** Records the policy in force and installs its apps, now and at every change, until the returned function is called. */
export function watchPolicy(broker: Broker): () => void {
  let revision = "none";
  let problem: string | null = null;
  const look = () => {
    const policy = broker.policy.current();
    const state = broker.policy.state();
    const inForce = policy.revision !== revision;
    const rejected = state.problem !== problem && state.problem !== null;
    revision = policy.revision;
    problem = state.problem;
    if (inForce) run(broker, () => policyLoaded(broker));
    if (rejected) run(broker, () => policyRejected(broker));
  };
  look();
  return broker.policy.subscribe(look);
}

function run(broker: Broker, record: () => Promise<void>): void {
  record().catch((fault) => broker.log.error("policy-not-recorded", fault));
}

async function policyLoaded(broker: Broker): Promise<void> {
  const { managedBy, rules, revision } = broker.policy.current();
  const { path, warnings } = broker.policy.state();
  const from = path === null ? "" : ` from ${path}`;
  const count = rules.length === 1 ? "1 rule" : `${rules.length} rules`;
  const message = revision === "none"
    ? "The policy was taken back: nobody manages this machine."
    : `A policy${from} is in force, with ${count}.`;
  broker.log.info("policy-loaded", { revision, rules: rules.length });
  await broker.store.commit({
    history: [historyDraft(broker, "policy-loaded", "organisation", {
      message: message.slice(0, 1000),
      detail: { revision, path, managedBy, rules: rules.length, warnings: warnings.length },
    })],
  });
  await installForcedApps(broker);
}

async function policyRejected(broker: Broker): Promise<void> {
  const { path, problem } = broker.policy.state();
  const { revision } = broker.policy.current();
  const message = `The policy file ${
    path ?? ""
  } was rejected; the policy before it stays in force. ${problem ?? ""}`;
  broker.log.info("policy-rejected", { problem });
  await broker.store.commit({
    history: [historyDraft(broker, "policy-rejected", "broker", {
      message: message.slice(0, 1000),
      detail: { revision, path },
    })],
  });
}
