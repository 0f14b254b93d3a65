/**
 * Calls pages, layouts and app wrappers, which may be async and may answer with a `Response`.
 * @module
 */
import { type AnyComponent, type FunctionComponent, h, type VNode } from "preact";
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
  if (isAsync(component)) return await component(props);
  return h(component as AnyComponent<PageProps<unknown, State>>, props) as VNode;
}

function isAsync<State>(component: RouteComponent<State>): component is (
  props: PageProps<unknown, State>,
) => Promise<VNode | Response | null> {
  return component.constructor.name === "AsyncFunction";
}
