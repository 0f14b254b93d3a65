/** An explanation: the decision, what can be done, the steps, the addresses, and every candidate. @module */
import type { ComponentChildren, JSX } from "preact";
import type { Candidate, PersonExplanation } from "../broker/schema/explanation.ts";
import { explainText } from "./explain_text.ts";
import { Icon } from "./icon.tsx";
import { fillText } from "./phrase.ts";
import { plainText } from "./plain_text.ts";
import { TitledGroup } from "./titled_group.tsx";

/** What every part of the view takes. */
interface ExplanationProps {
  readonly explanation: PersonExplanation;
}

/** The whole explanation; what follows from the decision comes as children, right below it. */
export function ExplanationView(
  { explanation, children }: ExplanationProps & { readonly children?: ComponentChildren },
): JSX.Element {
  const { decision, advice, lookUpProblem, addresses } = explanation;
  return (
    <>
      <section class="group" aria-labelledby="decision">
        <div class="card">
          <h2 id="decision">
            <Icon name={decision.effect === "allow" ? "check" : "cross"} />{" "}
            {explainText.effects[decision.effect]}
          </h2>
          <p>{plainText(decision.message)}</p>
          <p class="note">
            <span class="mono">{decision.reason}</span>
            {decision.ruleIds.map((id) => (
              <>
                {" "}
                <span class="mono wrap" key={id}>{id}</span>
              </>
            ))}
          </p>
          <h3>{explainText.advice}</h3>
          <ul>{advice.map((sentence) => <li key={sentence}>{plainText(sentence)}</li>)}</ul>
          {lookUpProblem !== null && <p class="note">{plainText(lookUpProblem)}</p>}
        </div>
      </section>
      {children}
      <Steps explanation={explanation} />
      {addresses.length > 0 && <Addresses explanation={explanation} />}
      <Candidates explanation={explanation} />
    </>
  );
}

function Steps({ explanation: { steps } }: ExplanationProps): JSX.Element {
  const first = steps.find(({ decision }) => decision !== null);
  return (
    <TitledGroup id="steps" heading={explainText.steps}>
      <table>
        <thead>
          <tr>
            <th scope="col">{explainText.step}</th>
            <th scope="col">{explainText.says}</th>
          </tr>
        </thead>
        <tbody>
          {steps.map((outcome) => (
            <tr key={outcome.step}>
              <td class="cell-lead">{explainText.stepNames[outcome.step]}</td>
              <td data-label={explainText.says}>
                {outcome.decision === null
                  ? <span class="muted">{explainText.silent}</span>
                  : plainText(outcome.decision.message)}
                {outcome === first && (
                  <>
                    {" "}
                    <span class="badge">{explainText.decides}</span>
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TitledGroup>
  );
}

function Addresses({ explanation: { addresses } }: ExplanationProps): JSX.Element {
  return (
    <TitledGroup id="addresses" heading={explainText.addresses}>
      <table>
        <thead>
          <tr>
            <th scope="col">{explainText.address}</th>
            <th scope="col">{explainText.space}</th>
            <th scope="col">{explainText.kind}</th>
          </tr>
        </thead>
        <tbody>
          {addresses.map(({ address, space, class: kind, intranet }) => (
            <tr key={address}>
              <td class="cell-lead mono wrap">{plainText(address)}</td>
              <td data-label={explainText.space}>{space}</td>
              <td data-label={explainText.kind}>
                {kind}
                {intranet && `, ${explainText.intranet}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TitledGroup>
  );
}

function Candidates({ explanation }: ExplanationProps): JSX.Element {
  const { candidates, moreCandidates } = explanation;
  return (
    <TitledGroup id="candidates" heading={explainText.candidates}>
      {candidates.length === 0 ? <p class="card muted">{explainText.none}</p> : (
        <table>
          <caption class="unseen">{explainText.candidatesHint}</caption>
          <thead>
            <tr>
              <th scope="col">{explainText.candidate}</th>
              <th scope="col">{explainText.matches}</th>
            </tr>
          </thead>
          <tbody>
            {candidates.map((candidate) => (
              <CandidateRow
                key={candidate.id}
                candidate={candidate}
              />
            ))}
          </tbody>
        </table>
      )}
      {moreCandidates > 0 && (
        <p class="more">{fillText(explainText.more, { n: String(moreCandidates) })}</p>
      )}
    </TitledGroup>
  );
}

function CandidateRow({ candidate }: { readonly candidate: Candidate }): JSX.Element {
  const { id, source, effect, matched, parts, fault } = candidate;
  const shown = parts.find(({ part }) => part === "host")?.holds ?? "";
  return (
    <tr>
      <td class="cell-main">
        <span class="mono wrap">{plainText(shown)}</span>
        <span class="sub">
          {explainText.sources[source]}, {explainText.effects[effect]}{" "}
          <span class="mono wrap">{id}</span>
        </span>
      </td>
      <td data-label={explainText.matches}>
        <ul class="parts">
          {parts.map(({ part, matched: holds, ...words }) => (
            <li key={part}>
              <Icon name={holds ? "check" : "cross"} />{" "}
              {holds ? explainText.partNames[part] : fillText(explainText.missed, {
                part: explainText.partNames[part],
                holds: plainText(words.holds || explainText.nothing, 200),
                asked: plainText(words.asked || explainText.nothing, 200),
              })}
            </li>
          ))}
        </ul>
        {fault !== null && <p class="field-error">{plainText(fault)}</p>}
        {matched && <span class="badge">{explainText.matches}</span>}
      </td>
    </tr>
  );
}
