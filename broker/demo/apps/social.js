/** A client of a JSON API that wants a token, which it reads from and posts to. @module */
import { element, onPress, openGate, say } from "./gate.js";

const { social, token } = document.body.dataset;
const url = `${social}/posts`;
const headers = { authorization: `Bearer ${token}` };

onPress("without", "refused", async () => {
  say("refused", await (await fetch(url, { headers })).text());
});

const { gatehouse } = await openGate({ name: "Social", reason: "To read and write your posts" });
const form = element("post");

async function show(response) {
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  const { posts } = await response.json();
  element("posts").replaceChildren(...posts.map(({ by, text }) => {
    const item = document.createElement("li");
    item.textContent = `${by}: ${text}`;
    return item;
  }));
  say("state", `${posts.length} posts.`);
  form.querySelector("button").disabled = false;
}

onPress("with", "state", async () => await show(await gatehouse.fetch(url, { headers })));

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await show(
      await gatehouse.fetch(url, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify({ text: new FormData(form).get("text") }),
      }),
    );
  } catch (error) {
    say("state", error.message);
  }
});
