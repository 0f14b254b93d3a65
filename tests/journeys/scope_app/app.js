/** An app of two origins: registers with its manifest, and asks which URLs are its own. @module */
const broker = new URLSearchParams(location.search).get("broker");
const { connect } = await import(`${broker}/sdk.js`);

const say = (text) => document.getElementById("state").value = text;

const gatehouse = await connect({
  broker,
  app: {
    name: "Shop",
    manifestUrl: "/manifest.json",
    manifestId: "/shop",
  },
});
globalThis.scopeOf = (url) => gatehouse.scopeOf(url);
say("registered");
await gatehouse.installed;
say("installed");
