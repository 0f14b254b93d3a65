/**
 * The middleware that sets a content security policy.
 * @module
 */
import { NONCES } from "./nonce.ts";
import type { Middleware } from "./types.ts";

/** Options of {@link csp}. See https://fresh.deno.dev/docs/plugins/csp */
export interface CSPOptions {
  /** Report breaches instead of blocking them. */
  reportOnly?: boolean;
  /** Where breaches are reported to. */
  reportTo?: string;
  /** Directives to add, or to use instead of the defaults of the same name. */
  csp?: string[];
  /** Allow the inline scripts and styles of a rendered page by a nonce. */
  useNonce?: boolean;
}

const DEFAULTS = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "upgrade-insecure-requests",
];

/** Directives in which a nonce takes the place of `'unsafe-inline'`. */
const WITH_NONCE =
  /^(default-src|script-src|script-src-elem|style-src|style-src-elem|style-src-attr) /;

/**
 * Sets `Content-Security-Policy` on every response that comes out of the inner middlewares; an error
 * thrown there passes by. With `useNonce`, `'unsafe-inline'` becomes the nonce of the rendered page;
 * a response that was not rendered keeps `'unsafe-inline'`.
 *
 * @see https://fresh.deno.dev/docs/plugins/csp
 */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  const { reportOnly = false, reportTo, csp: own = [], useNonce = false } = options;
  const named = new Set(own.map(nameOf));
  const directives = [...DEFAULTS.filter((directive) => !named.has(nameOf(directive))), ...own];
  if (reportTo) {
    directives.push("report-to csp-endpoint", `report-uri ${reportTo}`);
  }
  const header = `Content-Security-Policy${reportOnly ? "-Report-Only" : ""}`;

  return async (ctx) => {
    const response = await ctx.next();
    const nonce = useNonce ? NONCES.get(response) : undefined;
    const sent = nonce === undefined
      ? directives
      : directives.map((directive) =>
        WITH_NONCE.test(directive)
          ? directive.replaceAll("'unsafe-inline'", `'nonce-${nonce}'`)
          : directive
      );
    response.headers.set(header, sent.join("; "));
    if (reportTo) {
      response.headers.set("Reporting-Endpoints", `csp-endpoint="${reportTo}"`);
    }
    return response;
  };
}

function nameOf(directive: string): string {
  return directive.split(" ", 1)[0] ?? "";
}
