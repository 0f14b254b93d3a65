/** Permissions as a table: what is allowed or denied, how long, and Revoke with what it would close. @module */
import type { JSX } from "preact";
import type { GrantView } from "../broker/schema/dashboard.ts";
import { ActButton } from "./act_button.tsx";
import { narrowGrant, revokeGrant, type Stage } from "./acts.ts";
import { BudgetControl } from "./budget_control.tsx";
import { isInert } from "./dashboard_model.ts";
import { durationLabel } from "./duration_text.ts";
import { Icon } from "./icon.tsx";
import { fillText } from "./phrase.ts";
import { plainText } from "./plain_text.ts";
import { PickAllBox, PickBox, type Picking } from "./picking.tsx";
import { plural } from "./plural.ts";
import { targetText } from "./target_text.ts";
import { text } from "./text.ts";
import { TimeMark } from "./time_mark.tsx";
import { inTime } from "./time_text.ts";

/** What a table of grants takes. */
export interface GrantTableProps {
  readonly grants: readonly GrantView[];
  readonly stage: Stage;
  readonly nowMs: number;
  /** Whether the app is named in each row; not on an app's own page. */
  readonly withApp: boolean;
  /** How rows are picked; absent where they are not. */
  readonly picking?: Picking;
}

/** The table; on a narrow screen each row becomes a small card. */
export function GrantTable({ grants, ...props }: GrantTableProps): JSX.Element {
  const { withApp, picking } = props;
  const { columns } = text.permissions;
  return (
    <table>
      <caption class="unseen">{text.pages.permissions}</caption>
      <thead>
        <tr>
          {picking !== undefined && (
            <th class="cell-pick">
              <PickAllBox
                picking={picking}
                shown={grants.map(({ id }) => id)}
                label={text.permissions.pickAll}
              />
            </th>
          )}
          {withApp && <th scope="col">{columns.app}</th>}
          <th scope="col">{columns.target}</th>
          <th scope="col">{columns.effect}</th>
          <th scope="col">{columns.duration}</th>
          <th scope="col">{columns.since}</th>
          <th scope="col">
            <span class="unseen">{columns.acts}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {grants.map((grant) => <GrantRow key={grant.id} {...props} grant={grant} />)}
      </tbody>
    </table>
  );
}

/** Which connections a permission for encrypted ones is for. */
function encryptedText({ serverName }: Pick<GrantView, "serverName">): string {
  const { encrypted, encryptedAs } = text.permissions;
  return serverName === undefined
    ? encrypted
    : fillText(encryptedAs, { name: plainText(serverName) });
}

interface GrantRowProps extends Omit<GrantTableProps, "grants"> {
  readonly grant: GrantView;
}

function GrantRow({ grant, stage, nowMs, withApp, picking }: GrantRowProps): JSX.Element {
  const { columns } = text.permissions;
  const app = plainText(grant.appName, 60);
  return (
    <tr data-grant={grant.id} class={picking?.picked.has(grant.id) ? "picked" : undefined}>
      {picking !== undefined && (
        <td class="cell-pick">
          <PickBox
            picking={picking}
            id={grant.id}
            label={fillText(text.permissions.pick, { target: grant.target, app })}
          />
        </td>
      )}
      {withApp && (
        <td class="cell-lead">
          <a href={`/apps/${grant.appId}`}>
            <bdi>{app}</bdi>
          </a>
        </td>
      )}
      <td class="cell-main">
        <span class="mono wrap">
          <bdi>{targetText(grant.target, grant.capability)}</bdi>
        </span>
        <span class="sub">
          {text.capability[grant.capability]}
          {grant.secureTransport && `, ${encryptedText(grant)}`}
          {grant.broad && (
            <>
              {" "}
              <span class="badge badge-warn">{text.permissions.broad}</span>
            </>
          )}
        </span>
        <Narrower grant={grant} stage={stage} />
        <BudgetControl key={grant.id} grant={grant} stage={stage} />
      </td>
      <td data-label={columns.effect}>
        <span class={`effect effect-${grant.effect}`}>
          <Icon name={grant.effect === "allow" ? "check" : "cross"} />
          {text.permissions[grant.effect]}
        </span>
      </td>
      <td data-label={columns.duration}>
        {durationLabel(grant.duration, app, nowMs)}
        {grant.expiresAtMs !== null && (
          <span class="sub">
            {fillText(text.permissions.endsAt, { time: inTime(grant.expiresAtMs, nowMs) })}
          </span>
        )}
        {grant.spentBy !== null && <span class="sub">{text.permissions.spent}</span>}
      </td>
      <td data-label={columns.since}>
        <TimeMark atMs={grant.createdAtMs} nowMs={nowMs} />
        {grant.effect === "allow" && (
          <span class="sub">
            {grant.lastUsedAtMs === null ? text.permissions.neverUsed : (
              <>
                {text.permissions.lastUsed} <TimeMark atMs={grant.lastUsedAtMs} nowMs={nowMs} />
              </>
            )}
          </span>
        )}
      </td>
      <td class="cell-acts">
        <RevokeButton grant={grant} stage={stage} />
      </td>
    </tr>
  );
}

/** What the permission was really used for, when that is less, and a button that makes it so. */
function Narrower(
  { grant, stage }: { readonly grant: GrantView; readonly stage: Stage },
): JSX.Element | null {
  if (grant.narrowerTarget === null) return null;
  const target = targetText(grant.narrowerTarget, grant.capability);
  const words = text.permissions;
  return (
    <span class="sub narrower">
      {fillText(words.usedOnlyFor, { target })}{" "}
      <ActButton
        class="small"
        inert={isInert(stage.dashboard)}
        label={fillText(words.narrowLabel, {
          target,
          wide: targetText(grant.target, grant.capability),
          app: plainText(grant.appName, 60),
        })}
        onPress={() => void narrowGrant(stage, grant, grant.narrowerTarget).catch(ignoreShown)}
      >
        {words.narrow}
      </ActButton>
    </span>
  );
}

/** What a Revoke button takes. */
export interface RevokeButtonProps {
  readonly grant: GrantView;
  readonly stage: Stage;
  /** Beside a connection that it closes, one is no news. */
  readonly besideConnection?: boolean;
}

/** Revoke, with the number of connections that it would close. No second step: it can be undone. */
export function RevokeButton({ grant, stage, besideConnection }: RevokeButtonProps): JSX.Element {
  const words = {
    target: targetText(grant.target, grant.capability),
    app: plainText(grant.appName),
  };
  const closes = grant.effect === "allow" ? grant.sessionCount : 0;
  const caption = closes <= (besideConnection ? 1 : 0)
    ? text.permissions.revoke
    : plural(closes, text.permissions.revokeCloses);
  return (
    <ActButton
      class="small cut"
      inert={isInert(stage.dashboard)}
      label={fillText(text.permissions.revokeLabel, { ...words, revoke: caption })}
      onPress={() => void revokeGrant(stage, grant).catch(ignoreShown)}
    >
      {caption}
    </ActButton>
  );
}

/** The failure stands under the heading already. */
function ignoreShown(): void {}
