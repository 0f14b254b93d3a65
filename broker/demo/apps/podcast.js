/** A podcast player: the feed by fetch, the audio by a URL for its player, so that seeking loads parts of it. @module */
import { element, onPress, openGate, say } from "./gate.js";

const feedUrl = `${document.body.dataset.feeds}/feed.xml`;

onPress("without", "refused", async () => {
  say("refused", await (await fetch(feedUrl)).text());
});

const { gatehouse } = await openGate({ name: "Podcasts", reason: "To read feeds and play them" });
const player = element("player");

onPress("with", "state", async () => {
  const response = await gatehouse.fetch(feedUrl, { reason: "Your subscriptions" });
  const feed = new DOMParser().parseFromString(await response.text(), "application/xml");
  const items = [...feed.querySelectorAll("item")].map((item) => {
    const entry = document.createElement("li");
    const play = document.createElement("button");
    play.className = "quiet";
    play.textContent = item.querySelector("title").textContent;
    play.addEventListener("click", async () => {
      const audio = item.querySelector("enclosure").getAttribute("url");
      player.src = await gatehouse.createResourceUrl(audio);
      player.hidden = false;
      await player.play().catch(() => {});
    });
    entry.append(play);
    return entry;
  });
  element("episodes").replaceChildren(...items);
  say("state", `${items.length} episodes.`);
});

player.addEventListener("error", () => say("state", "The audio can't be loaded any more."));
