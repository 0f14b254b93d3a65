/** A messenger that shows a picture from a server that shares with no page. @module */
import { element, onPress, openGate, say } from "./gate.js";

const pictureUrl = `${document.body.dataset.feeds}/picture.png`;

onPress("without", "refused", async () => {
  const picture = await (await fetch(pictureUrl)).blob();
  say("refused", `${picture.size} bytes came.`);
});

const { gatehouse } = await openGate({ name: "Messenger", reason: "To show what you are sent" });

onPress("with", "state", async () => {
  const image = element("picture");
  image.hidden = true;
  const url = await gatehouse.createResourceUrl(pictureUrl);
  say("state", "Waiting for the picture. The dashboard may have a question for you.");
  await new Promise((resolve, reject) => {
    image.onload = resolve;
    image.onerror = () => reject(new Error("The picture was not loaded."));
    image.src = url;
  });
  image.hidden = false;
  say("state", `${image.naturalWidth} by ${image.naturalHeight} pixels.`);
});
