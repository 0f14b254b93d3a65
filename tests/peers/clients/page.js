/** An app in a browser: `use(name, given)` lets one client do its work; `done` and `ended` tell what came of it. @module */
const broker = new URLSearchParams(location.search).get("broker");
const { connect } = await import(`${broker}/sdk.js`);
const gatehouse = await connect({ broker, app: { name: "Clients" } });

globalThis.use = async (name, given) => {
  try {
    await gatehouse.installed;
    const client = await import(`./${name}.bundle.js`);
    const { result, end } = await client.use({ ...given, broker, token: gatehouse.token });
    end.then((ended) => globalThis.ended = `${ended}`);
    globalThis.done = { result };
  } catch (error) {
    globalThis.done = { error: `${error.stack ?? error} ${error.code ?? ""}` };
  }
};
document.getElementById("state").value = "ready";
