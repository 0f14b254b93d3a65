/**
 * Calls pages, layouts and app wrappers, which may be async and may answer with a `Response`.
 * @module
 */
import { type FunctionComponent, h, type VNode } from "preact";
import type { Context } from "./context.ts";
import type { PageProps, RouteComponent } from "./types.ts";

/**
 * The element of a route component. An async one is awaited, since rendering itself is synchronous.
 *
 * @param data what the handler handed to the page
 * @param child what `<Component />` renders
 */
export async function componentVNode<State>(
  ctx: Context<State>,
  component: RouteComponent<State>,
  data: unknown,
  child: FunctionComponent = () => null,
): Promise<VNode | Response | null> {
  const { config, url, req, params, info, state, isPartial, error, route } = ctx;
  const props: PageProps<unknown, State> = {
    config,
    url,
    req,
    params,
    info,
    state,
    isPartial,
    error,
    route,
    data,
    Component: child,
  };
  // Rendering would show a promise as nothing, so what is declared async is awaited here.
  if (component.constructor.name === "AsyncFunction") {
    return await (component as (given: typeof props) => Promise<VNode | Response | null>)(props);
  }
  return h(component, props) as VNode;
}
