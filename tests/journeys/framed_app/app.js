/** An app that registers, says what came of it, and embeds the page it is told to. @module */
const parameters = new URLSearchParams(location.search);
const { connect } = await import(`${parameters.get("broker")}/sdk.js`);

const say = (text) => document.getElementById("state").value = text;
const embedded = parameters.get("embed");
const frames = parameters.getAll("frames");

try {
  const gatehouse = await connect({
    broker: parameters.get("broker"),
    app: { name: parameters.get("name"), ...(frames.length > 0 && { frames }) },
  });
  say((await gatehouse.registered).state);
} catch (error) {
  say(`${error.name} ${error.cause?.type ?? error.message}`);
}
if (embedded !== null) {
  const frame = document.createElement("iframe");
  frame.src = embedded;
  document.body.append(frame);
}
