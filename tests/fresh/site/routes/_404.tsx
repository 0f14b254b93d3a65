import { define } from "../define.ts";

export default define.page(({ url }) => <p class="missing">{url.pathname}</p>);
