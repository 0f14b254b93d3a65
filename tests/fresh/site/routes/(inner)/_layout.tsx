import { define } from "../../define.ts";

export default define.layout(async ({ Component }) => {
  const label = await Promise.resolve("inner");
  return (
    <div class={label}>
      <Component />
    </div>
  );
});
