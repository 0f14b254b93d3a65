/** What every request of the web side finds in `ctx.state`. @module */
import { createDefine } from "fresh";
import type { Broker } from "../actions/ports.ts";
import type { DashboardFeed } from "./dashboard_feed.ts";
import type { LaunchLinks } from "./launch_links.ts";
import type { SdkFiles } from "./sdk_file.ts";
import type { SignedIn, SignIns } from "./sign_in.ts";

/** What the web side keeps between requests. */
export interface WebParts {
  readonly signIns: SignIns;
  readonly launchLinks: LaunchLinks;
  readonly feed: DashboardFeed;
  /** SHA-256 in hexadecimal of `admin.token`, which programs of this user may show to the dashboard's API. */
  readonly adminTokenHash: string;
  /** Aborts when the broker stops: streams end, and long polls answer how things stand. */
  readonly stopping: AbortSignal;
  readonly sdk: SdkFiles;
  /** The version that `/api/v1/health` tells. */
  readonly version: string;
}

/** The state of a request. */
export interface State {
  broker: Broker;
  web: WebParts;
  /** The browser that is signed in; null when none is, and for calls with `admin.token`. */
  signIn: SignedIn | null;
  /** The fields of a form that was sent without JavaScript; its form token has been checked. Null for all else. */
  form: URLSearchParams | null;
}

/** Fresh's `define.*`, for routes of this state. */
export const define = createDefine<State>();
