/**
 * The types of this test site.
 * @module
 */
import { createDefine } from "fresh";

/** What the site's middlewares put into `ctx.state`. */
export interface State {
  trail?: string[];
}

/** The site's `define.*` helpers. */
export const define = createDefine<State>();
