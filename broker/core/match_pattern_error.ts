/** What can be wrong with the text of a match pattern. @module */

/** Why a text is no match pattern: the names that Chromium gives its parse errors. */
export type MatchPatternErrorReason =
  | "MissingSchemeSeparator"
  | "InvalidScheme"
  | "WrongSchemeSeparator"
  | "EmptyHost"
  | "InvalidHostWildcard"
  | "EmptyPath"
  | "InvalidPort"
  | "InvalidHost";

// What Chrome's permissions API says, and what a person needs to know.
const texts: Readonly<Record<MatchPatternErrorReason, readonly [chrome: string, hint: string]>> = {
  MissingSchemeSeparator: [
    "Missing scheme separator.",
    "Begin with a scheme, as in https://example.com/*.",
  ],
  InvalidScheme: [
    "Invalid scheme.",
    "Use http, https, ws, wss, ftp, file, or * for http and https, in lower case.",
  ],
  WrongSchemeSeparator: ["Wrong scheme type.", "Write :// after the scheme."],
  EmptyHost: ["Host can not be empty.", "Write a host after ://, or * for any host."],
  InvalidHostWildcard: [
    "Invalid host wildcard.",
    "A * stands alone for any host, or at the front as in *.example.com.",
  ],
  EmptyPath: ["Empty path.", "End with a path; /* is any path."],
  InvalidPort: [
    "Invalid port.",
    "A port is a number up to 65535 or *. The scheme * takes no port: write http or https.",
  ],
  InvalidHost: ["Invalid host.", "This is neither a domain name nor an address."],
};

/** Thrown for a text that is no match pattern. The message says how to mend it. */
export class MatchPatternError extends Error {
  /** Which rule was broken. */
  readonly reason: MatchPatternErrorReason;
  /** The text that Chrome's permissions API puts into its own errors. */
  readonly chromeMessage: string;

  /** Makes the error for a broken rule. */
  constructor(reason: MatchPatternErrorReason) {
    const [chromeMessage, hint] = texts[reason];
    super(`${chromeMessage} ${hint}`);
    this.name = "MatchPatternError";
    this.reason = reason;
    this.chromeMessage = chromeMessage;
  }
}
