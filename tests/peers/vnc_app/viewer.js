// noVNC as any page has it: given a WebSocket address in `?url=`, and nothing of Gatehouse.
const { default: RFB } = await import(new URL("novnc.js", import.meta.url).href);

const state = document.getElementById("state");
const rfb = new RFB(
  document.getElementById("screen"),
  new URLSearchParams(location.search).get("url"),
);
rfb.addEventListener("desktopname", ({ detail }) => document.title = detail.name);
rfb.addEventListener("connect", () => state.value = "connected");
rfb.addEventListener("disconnect", () => state.value = "disconnected");
