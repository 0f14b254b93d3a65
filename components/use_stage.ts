/** The stage of acts in an island: the page's signals, and one client for the whole page. @module */
import { useMemo } from "preact/hooks";
import type { Stage } from "./acts.ts";
import { createAdminClient, secretKey } from "./admin_client.ts";
import type { Dashboard } from "./dashboard_model.ts";

/** Acts on this page's dashboard, with the secret that signing in left in this browser. */
export function useStage(dashboard: Dashboard): Stage {
  return useMemo(() => ({
    dashboard,
    client: createAdminClient({
      fetch: (url, init) => fetch(url, init),
      secret: () => localStorage.getItem(secretKey),
    }),
  }), [dashboard.snapshot]);
}
