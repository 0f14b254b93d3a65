/** The policy in force: from where, what is wrong with it, its rules and settings, and what it overrides. @module */
import type { ComponentChildren, JSX } from "preact";
import type { PolicyRuleView, PolicyView } from "../broker/schema/policy_view.ts";
import { EmptyState } from "./empty_state.tsx";
import { explainText, policyText } from "./explain_text.ts";
import { fillText } from "./phrase.ts";
import { plainText } from "./plain_text.ts";
import { TitledGroup } from "./titled_group.tsx";
import { targetText } from "./target_text.ts";
import { text } from "./text.ts";
import { clockTime, spanText } from "./time_text.ts";

/** How many rules a page lists. */
const shownRules = 200;

/** What the view takes. */
export interface PolicyPageProps {
  readonly policy: PolicyView;
  readonly nowMs: number;
}

/** All of it. */
export function PolicyInForce({ policy, nowMs }: PolicyPageProps): JSX.Element {
  const path = policy.path ?? policyText.noFile;
  return (
    <>
      {policy.problem !== null && (
        <section class="group" aria-labelledby="problem">
          <p class="banner" id="problem">{policyText.problem}</p>
          <div class="card">
            <ul>
              {policy.problem.split("\n").map((line) => (
                <li class="mono wrap" key={line}>{plainText(line, 2000)}</li>
              ))}
            </ul>
          </div>
        </section>
      )}
      {policy.revision === "none"
        ? (
          <EmptyState
            heading={policyText.unmanaged}
            hint={fillText(policyText.unmanagedHint, { path: plainText(path) })}
          />
        )
        : (
          <>
            <Settings policy={policy} nowMs={nowMs} />
            <Rules rules={policy.rules} />
            <Overridden policy={policy} nowMs={nowMs} />
          </>
        )}
    </>
  );
}

function Settings({ policy, nowMs }: PolicyPageProps): JSX.Element {
  const { readAtMs, longestDurationMs } = policy;
  const limits = Object.keys(policy.limits).length > 0 ? JSON.stringify(policy.limits) : null;
  const asking = policy.askingForbidden.map((name) => text.capability[name]).join(", ");
  return (
    <>
      <TitledGroup id="settings" heading={policyText.settings}>
        <dl class="facts">
          <Fact name={policyText.managedBy}>{policy.managedBy}</Fact>
          <Fact name={policyText.contact}>{policy.contact}</Fact>
          <Fact name={policyText.from}>{policy.path}</Fact>
          <Fact name={policyText.read}>{readAtMs && clockTime(readAtMs, nowMs)}</Fact>
          <Fact name={policyText.asking}>{asking}</Fact>
          <Fact name={policyText.requireTls}>{policy.requireTls && policyText.refused}</Fact>
          <Fact name={policyText.longest}>{longestDurationMs && spanText(longestDurationMs)}</Fact>
          <Fact name={policyText.intranet}>{policy.intranet.join(", ")}</Fact>
          <Fact name={policyText.forceInstalled}>{policy.forceInstalled.join(", ")}</Fact>
          <Fact name={policyText.blocked}>{policy.blocked.join(", ")}</Fact>
          <Fact name={policyText.limits}>{limits}</Fact>
        </dl>
      </TitledGroup>
      {policy.warnings.length > 0 && (
        <TitledGroup id="warnings" heading={policyText.warnings}>
          <div class="card">
            <ul>
              {policy.warnings.slice(0, shownRules).map((warning) => (
                <li key={warning}>{plainText(warning)}</li>
              ))}
            </ul>
          </div>
        </TitledGroup>
      )}
    </>
  );
}

/** A name and its value; nothing where the policy says nothing. */
function Fact(props: { readonly name: string; readonly children: ComponentChildren }) {
  const { name, children } = props;
  if (!children) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{typeof children === "string" ? plainText(children, 2000) : children}</dd>
    </>
  );
}

function Rules({ rules }: { readonly rules: readonly PolicyRuleView[] }): JSX.Element | null {
  if (rules.length === 0) return null;
  return (
    <TitledGroup id="rules" heading={policyText.rules}>
      <table>
        <thead>
          <tr>
            <th scope="col">{policyText.targets}</th>
            <th scope="col">{policyText.effect}</th>
            <th scope="col">{policyText.apps}</th>
            <th scope="col">{policyText.capabilities}</th>
          </tr>
        </thead>
        <tbody>
          {rules.slice(0, shownRules).map((rule) => <Rule key={rule.id} rule={rule} />)}
        </tbody>
      </table>
      {rules.length > shownRules && (
        <p class="more">
          {fillText(policyText.moreRules, { n: String(rules.length - shownRules) })}
        </p>
      )}
    </TitledGroup>
  );
}

function Rule({ rule }: { readonly rule: PolicyRuleView }): JSX.Element {
  const except = plainText(rule.except.join(", "), 400);
  return (
    <tr>
      <td class="cell-main">
        <span class="mono wrap">{plainText(rule.targets.join(", "), 400)}</span>
        {rule.except.length > 0 && (
          <span class="sub wrap">{fillText(policyText.except, { targets: except })}</span>
        )}
        {rule.reason !== null && <span class="sub">{plainText(rule.reason)}</span>}
        <span class="sub mono">{rule.id}</span>
      </td>
      <td data-label={policyText.effect}>{explainText.effects[rule.effect]}</td>
      <td data-label={policyText.apps}>
        <span class="wrap">{plainText(rule.apps.join(", "), 400)}</span>
      </td>
      <td data-label={policyText.capabilities}>{rule.capabilities.join(", ")}</td>
    </tr>
  );
}

function Overridden({ policy: { overridden } }: PolicyPageProps): JSX.Element | null {
  if (overridden.length === 0) return null;
  return (
    <TitledGroup id="overridden" heading={policyText.overridden}>
      <table>
        <caption class="unseen">{policyText.overriddenHint}</caption>
        <thead>
          <tr>
            <th scope="col">{policyText.permission}</th>
            <th scope="col">{policyText.by}</th>
          </tr>
        </thead>
        <tbody>
          {overridden.slice(0, shownRules).map(({ grant, by }) => (
            <tr key={grant.id}>
              <td class="cell-main">
                <span class="mono wrap">{targetText(grant.target, grant.capability)}</span>
                <span class="sub">
                  {explainText.effects[grant.effect]}, {plainText(grant.appName, 60)}
                </span>
              </td>
              <td class="mono" data-label={policyText.by}>{by}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TitledGroup>
  );
}
