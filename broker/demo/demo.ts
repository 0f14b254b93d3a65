/** The demo: five small apps, each with an origin of its own, and the servers that they ask for. @module */
import { startAppSite } from "./app_site.ts";
import { echoServer } from "./echo_server.ts";
import { feedServer } from "./feed_server.ts";
import { listen, type Listening } from "./listen.ts";
import { mailServer } from "./mail_server.ts";
import { socialServer, socialToken } from "./social_server.ts";

/** A demo that runs. */
export interface Demo {
  /** The page from which the apps are opened. */
  readonly url: string;
  stop(): void;
}

/** What the apps are, in the order of their list. */
const apps: readonly { readonly name: string; readonly title: string; readonly about: string }[] = [
  {
    name: "practice",
    title: "Practice app",
    about: "Asks for a TCP connection to an echo server, and says hello every second.",
  },
  {
    name: "podcast",
    title: "Podcasts",
    about: "Reads a feed and plays its audio from a server that lets no page read it.",
  },
  {
    name: "messenger",
    title: "Messenger",
    about: "Shows a picture that somebody sent, from a server that shares with no page.",
  },
  {
    name: "social",
    title: "Social",
    about: "Calls a JSON API with a token, and posts to it.",
  },
  { name: "mail", title: "Mail", about: "Reads a mailbox over POP3." },
];

/**
 * Starts the apps and their servers, all on 127.0.0.1 and on ports of the system's choice.
 *
 * @param brokerOrigin The origin of the broker that the apps ask.
 */
export async function startDemo(brokerOrigin: string): Promise<Demo> {
  const [echo, feeds, social, mail] = await Promise.all(
    [echoServer(), feedServer(), socialServer(), mailServer()].map(listen),
  ) as [Listening, Listening, Listening, Listening];
  const facts = {
    BROKER: brokerOrigin,
    ECHO_PORT: String(echo.port),
    FEEDS: `http://127.0.0.1:${feeds.port}`,
    SOCIAL: `http://127.0.0.1:${social.port}`,
    SOCIAL_TOKEN: socialToken,
    MAIL_PORT: String(mail.port),
  };
  const sites = await Promise.all(apps.map(({ name }) => startAppSite(name, facts)));
  const links = apps.map(({ title, about }, index) =>
    `<li><a href="${sites[index]?.origin}/">${title}</a> <span class="what">${about}</span></li>`
  );
  const list = await startAppSite("index", { ...facts, LINKS: links.join("\n") });
  return {
    url: `${list.origin}/`,
    stop() {
      for (const running of [echo, feeds, social, mail, list, ...sites]) running.close();
    },
  };
}
