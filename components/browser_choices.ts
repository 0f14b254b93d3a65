/** What one browser has chosen for itself, in a cookie: the server draws by it, so that it holds without script. @module */

/** How pages look: as the system has it, or always so. */
export const appearances = ["system", "light", "dark"] as const;
/** How pages look. */
export type Appearance = typeof appearances[number];

/** What a browser has chosen. */
export interface BrowserChoices {
  readonly appearance: Appearance;
  /** Whether single keys do something. */
  readonly shortcuts: boolean;
}

/** The cookie's name. It holds no secret, and scripts may read it: the keyboard's does. */
export const browserCookie = "gatehouse-browser";

/** Chrome keeps no cookie for longer. */
const maxAgeSeconds = 400 * 24 * 60 * 60;

/** Reads the choices out of a `Cookie` header or `document.cookie`; what is not understood is as if never chosen. */
export function readBrowserChoices(cookies: string | null): BrowserChoices {
  const value = cookies?.split(";").map((pair) => pair.trim().split("="))
    .find(([name]) => name === browserCookie)?.[1] ?? "";
  const [appearance, keys] = value.split(".");
  return {
    appearance: appearances.find((name) => name === appearance) ?? "system",
    shortcuts: keys !== "no-keys",
  };
}

/** The choices as a `Set-Cookie` line, or what to assign to `document.cookie`. */
export function browserCookieLine({ appearance, shortcuts }: BrowserChoices): string {
  const value = `${appearance}.${shortcuts ? "keys" : "no-keys"}`;
  return `${browserCookie}=${value}; Path=/; Max-Age=${maxAgeSeconds}; SameSite=Strict`;
}

/** The colour schemes of a page, as `<meta name="color-scheme">` says them. */
export function colourSchemes(appearance: Appearance): string {
  return appearance === "system" ? "light dark" : appearance;
}
