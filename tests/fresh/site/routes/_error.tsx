import { define } from "../define.ts";

export default define.page(({ error }) => <p class="error">{String(error)}</p>);
