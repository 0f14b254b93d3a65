/** The permissions, live: what is allowed and denied, and Revoke for one or many. @module */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { AppId, GrantId } from "../broker/schema/ids.ts";
import { revokeGrants, type Stage } from "../components/acts.ts";
import { type Dashboard, isInert } from "../components/dashboard_model.ts";
import { EmptyState } from "../components/empty_state.tsx";
import { GrantTable } from "../components/grant_table.tsx";
import { ListHead, ListPager } from "../components/list_foot.tsx";
import { listUrl, queryOf } from "../components/list_query_text.ts";
import { NoMatch } from "../components/no_match.tsx";
import type { Picking } from "../components/picking.tsx";
import { plural } from "../components/plural.ts";
import { noSelection, pick, pickAll, type Selection } from "../components/selection.ts";
import { text } from "../components/text.ts";
import { useNow } from "../components/use_now.ts";
import { useStage } from "../components/use_stage.ts";

/** What the island takes. */
export interface PermissionListProps {
  readonly dashboard: Dashboard;
  /** On the page of one app, that app; null on the page of all permissions. */
  readonly appId: AppId | null;
  /** Without script, the form of the list is sent with it; null where nobody is signed in. */
  readonly formToken?: string | null;
}

/** The table, or the truth that nothing is allowed. */
export default function PermissionList(props: PermissionListProps): JSX.Element {
  const { dashboard, appId, formToken = null } = props;
  const stage = useStage(dashboard);
  const nowMs = useNow(dashboard, 10_000);
  const { grants, list } = dashboard.snapshot.value;
  if (appId !== null) {
    if (grants.length === 0) return <p class="muted none">{text.apps.noPermissions}</p>;
    return (
      <div class="group">
        <GrantTable grants={grants} stage={stage} nowMs={nowMs} withApp={false} />
      </div>
    );
  }
  if (grants.length === 0 && list?.total === 0 && list.arrived === 0) {
    return <EmptyState heading={text.permissions.empty} hint={text.permissions.emptyHint} />;
  }
  return (
    <>
      <ListHead dashboard={dashboard} page="permissions" shown={grants.length} />
      {grants.length === 0
        ? <NoMatch page="permissions" />
        : <PickedList stage={stage} nowMs={nowMs} formToken={formToken} />}
      <ListPager dashboard={dashboard} page="permissions" />
    </>
  );
}

interface PickedListProps {
  readonly stage: Stage;
  readonly nowMs: number;
  readonly formToken: string | null;
}

/** The table with boxes, in a form that revokes what is picked: by the API with script, by a POST without. */
function PickedList({ stage, nowMs, formToken }: PickedListProps): JSX.Element {
  const { dashboard } = stage;
  const { grants } = dashboard.snapshot.value;
  const [selection, setSelection] = useState<Selection<GrantId>>(noSelection);
  const [busy, setBusy] = useState(false);
  const [alive, setAlive] = useState(false);
  useEffect(() => setAlive(true), []);
  const order = grants.map(({ id }) => id);
  // What is gone is not picked any more; what comes back by an Undo is as it was.
  const picked = grants.filter(({ id }) => selection.ids.has(id));
  const picking: Picking = {
    picked: new Set(picked.map(({ id }) => id)),
    onPick: (id, how) => setSelection(pick(selection, order, id as GrantId, how)),
    onPickAll: (checked) => setSelection(pickAll(order, checked)),
  };
  const inert = busy || isInert(dashboard);
  const revoke = () => {
    if (inert || picked.length === 0) return;
    setBusy(true);
    // A failure stands under the heading already.
    void revokeGrants(stage, picked.map(({ id }) => id)).catch(() => {})
      .finally(() => setBusy(false));
  };
  const closes = picked.reduce((sum, { effect, sessionCount }) => {
    return sum + (effect === "allow" ? sessionCount : 0);
  }, 0);
  return (
    <form
      class="group"
      method="post"
      action={listUrl("permissions", queryOf(dashboard.view.value))}
      onSubmit={(event) => {
        event.preventDefault();
        revoke();
      }}
    >
      {formToken !== null && <input type="hidden" name="formToken" value={formToken} />}
      <p class="actions bulk">
        <button
          type="submit"
          class="small cut"
          // Without script nothing tells what is picked, and the button sends whatever is.
          aria-disabled={alive && (inert || picked.length === 0) ? "true" : undefined}
        >
          {closes === 0
            ? text.permissions.revokePicked
            : plural(closes, text.permissions.revokePickedCloses)}
        </button>
        <span class="note" role="status">
          {picked.length === 0
            ? text.permissions.pickHint
            : plural(picked.length, text.permissions.picked)}
        </span>
      </p>
      <GrantTable grants={grants} stage={stage} nowMs={nowMs} withApp picking={picking} />
    </form>
  );
}
