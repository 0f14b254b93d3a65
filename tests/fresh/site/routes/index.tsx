import { signal } from "@preact/signals";
import { define } from "../define.ts";
import Counter, { Doubled } from "../islands/Counter.tsx";
import Panel from "../islands/nested/Panel.tsx";

export default define.page(() => {
  const count = signal(3);
  return (
    <main>
      <Counter name="one" count={count} />
      <Counter name="two" count={count} />
      <Doubled count={count} />
      <Panel title={<b>Open me</b>} open={false}>
        <p class="inner">From the server</p>
        <Counter name="three" count={count} />
      </Panel>
      <Panel title={<b>Close me</b>} open>
        <p class="shown">Shown at once</p>
        <Counter name="four" count={count} />
      </Panel>
    </main>
  );
});
