import { define } from "../define.ts";

export default define.page(() => <p>No script here</p>);
