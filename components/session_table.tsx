/** Connections as a table: who, where to, allowed by what, and how much flows. @module */
import type { JSX } from "preact";
import type { SessionView } from "../broker/schema/dashboard.ts";
import { ActButton } from "./act_button.tsx";
import { closeSession, type Stage } from "./acts.ts";
import { certificateSentences } from "./certificate_text.ts";
import { bytesText, rateText } from "./bytes_text.ts";
import { isInert } from "./dashboard_model.ts";
import { durationLabel } from "./duration_text.ts";
import { RevokeButton } from "./grant_table.tsx";
import { Icon } from "./icon.tsx";
import { fillText } from "./phrase.ts";
import { plainText } from "./plain_text.ts";
import { plural } from "./plural.ts";
import { isOpen } from "./session_rows.ts";
import { targetText } from "./target_text.ts";
import { text } from "./text.ts";
import { age, clockTime } from "./time_text.ts";
import { rateOf, sparkline, type Traffic } from "./traffic.ts";

/** What a table of sessions takes. */
export interface SessionTableProps {
  readonly sessions: readonly SessionView[];
  readonly traffic: ReadonlyMap<string, Traffic>;
  readonly stage: Stage;
  readonly nowMs: number;
  readonly withApp: boolean;
}

/** The table; closed rows stay a while, pale, with the reason. */
export function SessionTable(props: SessionTableProps): JSX.Element {
  const { columns } = text.connections;
  return (
    <table class="sessions">
      <caption class="unseen">{text.pages.connections}</caption>
      <thead>
        <tr>
          {props.withApp && <th scope="col">{columns.app}</th>}
          <th scope="col">{columns.target}</th>
          <th scope="col">{columns.allowedBy}</th>
          <th scope="col" class="number">{columns.age}</th>
          <th scope="col" class="number">{columns.sent}</th>
          <th scope="col" class="number">{columns.received}</th>
          <th scope="col" class="number">{columns.rate}</th>
          <th scope="col">
            <span class="unseen">{columns.acts}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.sessions.map((session) => (
          <SessionRow key={session.id} {...props} session={session} />
        ))}
      </tbody>
    </table>
  );
}

interface SessionRowProps extends Omit<SessionTableProps, "sessions"> {
  readonly session: SessionView;
}

function SessionRow({ session, traffic, stage, nowMs, withApp }: SessionRowProps): JSX.Element {
  const { columns } = text.connections;
  const app = plainText(session.appName, 60);
  const target = targetText(session.target, session.capability);
  const open = isOpen(session);
  const seen = traffic.get(session.id) ?? [];
  return (
    <tr data-session={session.id} class={open ? undefined : "closed"}>
      {withApp && (
        <td class="cell-lead">
          <a href={`/apps/${session.appId}`}>
            <bdi>{app}</bdi>
          </a>
        </td>
      )}
      <td class="cell-main">
        <span class="mono wrap">
          <bdi>{target}</bdi>
        </span>{" "}
        <TransportBadge session={session} />
        <span class="sub mono">{session.remoteAddress ?? session.localAddress}</span>
        {session.tls && <span class="sub">{certificateSentences(session.tls).join(" ")}</span>}
        {open && session.waitingSinceMs !== undefined && (
          <span class="sub">{text.connections.waitingForApp}</span>
        )}
        {!open && <ClosedNote session={session} nowMs={nowMs} />}
      </td>
      <td data-label={columns.allowedBy}>
        <AllowedBy session={session} nowMs={nowMs} />
      </td>
      <td class="number" data-label={columns.age}>
        {age(session.openedAtMs, session.closedAtMs ?? nowMs)}
      </td>
      <td class="number" data-label={columns.sent}>
        {bytesText(session.bytesSent)}
        <Packets passed={session.datagrams?.sent} dropped={session.datagrams?.droppedSent} />
      </td>
      <td class="number" data-label={columns.received}>
        {bytesText(session.bytesReceived)}
        <Packets
          passed={session.datagrams?.received}
          dropped={session.datagrams?.droppedReceived}
        />
      </td>
      <td class="number" data-label={columns.rate}>
        {rateText(open ? rateOf(seen, nowMs) : 0)}
        <Spark traffic={seen} nowMs={nowMs} />
      </td>
      <td class="cell-acts">
        {open && <SessionActs session={session} stage={stage} app={app} target={target} />}
      </td>
    </tr>
  );
}

interface SessionActsProps {
  readonly session: SessionView;
  readonly stage: Stage;
  readonly app: string;
  readonly target: string;
}

/** Close ends this connection; Revoke ends what allows it, and whatever else that allows. */
function SessionActs({ session, stage, app, target }: SessionActsProps): JSX.Element {
  const [grant] = session.grants.filter(({ effect }) => effect === "allow");
  return (
    <span class="row-acts">
      <ActButton
        class="small"
        inert={isInert(stage.dashboard)}
        label={fillText(text.connections.closeLabel, { app, target })}
        onPress={() => void closeSession(stage, session).catch(() => {})}
      >
        {text.connections.close}
      </ActButton>
      {grant !== undefined && <RevokeButton grant={grant} stage={stage} besideConnection />}
    </span>
  );
}

/** How many datagrams a UDP socket has moved one way, and how many were dropped. */
function Packets(
  { passed, dropped }: {
    readonly passed: number | undefined;
    readonly dropped: number | undefined;
  },
): JSX.Element | null {
  if (passed === undefined) return null;
  const { packets, dropped: droppedWords } = text.connections;
  return (
    <span class="sub">
      {plural(passed, packets)}
      {dropped ? `, ${plural(dropped, droppedWords)}` : ""}
    </span>
  );
}

function TransportBadge({ session }: { readonly session: SessionView }): JSX.Element {
  const words = text.connections;
  const secure = session.secureTransport;
  if (session.datagrams) {
    return (
      <span class="badge" title={words.udpHint}>
        <Icon name="unlock" />
        {words.udp}
      </span>
    );
  }
  return (
    <span class="badge" title={secure ? words.tlsHint : words.plainHint}>
      <Icon name={secure ? "lock" : "unlock"} />
      {secure ? words.tls : words.plain}
    </span>
  );
}

/** The grants that allow a session: how long they hold, and when they were given. */
function AllowedBy(
  { session, nowMs }: { readonly session: SessionView; readonly nowMs: number },
): JSX.Element {
  const [grant] = session.grants;
  if (grant === undefined) return <>{session.ruleIds.length > 0 && text.connections.policy}</>;
  return (
    <>
      {durationLabel(grant.duration, plainText(session.appName, 60), nowMs)}
      <span class="sub">
        {fillText(text.connections.you, { time: clockTime(grant.createdAtMs, nowMs) })}
      </span>
    </>
  );
}

function ClosedNote(
  { session, nowMs }: { readonly session: SessionView; readonly nowMs: number },
): JSX.Element {
  const time = clockTime(session.closedAtMs ?? nowMs, nowMs);
  return (
    <span class="closed-note">
      {session.error === null
        ? fillText(text.connections.closedAt, { time })
        : fillText(text.connections.closedBecause, {
          time,
          reason: plainText(session.error.message),
        })}
    </span>
  );
}

const sparkWidth = 72;
const sparkHeight = 18;

/** The traffic of the last minute as a line; the rate beside it says the same in words. */
function Spark(
  { traffic, nowMs }: { readonly traffic: Traffic; readonly nowMs: number },
): JSX.Element {
  const { path, peak } = sparkline(traffic, nowMs, sparkWidth, sparkHeight);
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${sparkWidth} ${sparkHeight}`}
      width={sparkWidth}
      height={sparkHeight}
      role="img"
      aria-label={fillText(text.connections.spark, { rate: rateText(peak) })}
    >
      <path class="base" d={`M0 ${sparkHeight - 0.5}H${sparkWidth}`} />
      <path d={path} />
    </svg>
  );
}
