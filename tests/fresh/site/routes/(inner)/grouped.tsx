import { page } from "fresh";
import { define } from "../../define.ts";
import Local from "./(_islands)/Local.tsx";

export const handler = define.handlers({
  GET: (ctx) => page({ trail: ctx.state.trail ?? [] }, { status: 201, headers: { "x-a": "b" } }),
  POST: (ctx) => ctx.redirect("/plain", 303),
});

export const css = ["/grouped.css"];

export default define.page<typeof handler>(({ data }) => (
  <p class="trail">
    {data.trail.join(">")}
    <Local />
  </p>
));
