/** What can be done about a decision: a sentence or two for each reason. @module */
import type { DecisionReason } from "../schema/decision.ts";
import type { Question } from "./question.ts";

const askOrganisation = "Only your organisation can change this, in its policy.";
const revoke = "Revoke the permission that decided, under Permissions.";
const address = "If you mean a machine in your own network, let the app ask for its address.";

const advice: Readonly<Record<DecisionReason, readonly string[]>> = {
  "invalid-target": ["Write the target as the capability wants it, then try again."],
  "rule-error": [
    "A rule of the policy or a permission can't be read. It is marked below; mend or revoke it.",
  ],
  "policy-deny": [askOrganisation],
  "policy-allow": [askOrganisation],
  "lockdown": ["End the lockdown on the page Requests."],
  "own-port": ["Nothing: an app that reached Gatehouse could answer its own requests."],
  "metadata-address": ["Nothing: such addresses hand out the credentials of a machine."],
  "broadcast-address": ["Let the app name one address."],
  "multicast-address": ["Let the app ask for udp-multicast."],
  "refused-address": ["Let the app name another address."],
  "non-public-name": [
    address,
    "Your organisation can name it under `intranet` in its policy.",
  ],
  "bad-port": ["Let the app use a raw socket, which may go there once you allow it."],
  "third-party-frame": ["Let the app be opened by itself, not inside another site."],
  "cors-host": ["Let the app ask for host-access, and fetch."],
  "limit": ["Wait, then try again."],
  "not-installed": ["Install the app under Apps. Until then it may not ask."],
  "paused": ["Let the app go on, under Apps."],
  "insecure-context": ["The app has to be served over https, or from this computer."],
  "host-blocked": ["Unblock the host, under Permissions."],
  "grant-deny": [revoke],
  "grant-allow": [revoke],
  "budget-spent": ["Give the permission a larger limit, or none, under Permissions."],
  "silenced": ["End the silence, under Apps."],
  "embargo": ["Show it again, under Apps."],
  "quiet": ["Set the mode back to Ask on the page Requests."],
  "asking-forbidden": [askOrganisation],
  "no-answer-yet": ["When the app asks, answer its request."],
};

/** How to change a decision; where it is the organisation's, whom to ask. */
export function adviceOn(reason: DecisionReason, { policy }: Question): string[] {
  const sentences = [...advice[reason]];
  if (sentences.includes(askOrganisation) && policy.contact !== null) {
    sentences.push(`Ask ${policy.contact}.`);
  }
  return sentences;
}
