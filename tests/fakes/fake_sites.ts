/** Web sites out of a table of files. @module */
import {
  type SiteAnswer,
  type SiteAsk,
  SiteFault,
  type SiteFetcher,
} from "../../broker/actions/ports.ts";

/** A `SiteFetcher` that remembers what it was asked. */
export class FakeSites implements SiteFetcher {
  /** Files by URL: a text, bytes, a redirect, or a failure. What is not there is answered with 404. */
  readonly files = new Map<string, string | Uint8Array | { location: string } | SiteFault>();
  /** Every URL that was read, in order. */
  readonly asked: string[] = [];

  get({ url, maxBytes }: SiteAsk): Promise<SiteAnswer> {
    this.asked.push(url.href);
    const file = this.files.get(url.href);
    const none = new Uint8Array();
    if (file === undefined) return Promise.resolve({ status: 404, location: null, bytes: none });
    if (file instanceof SiteFault) return Promise.reject(file);
    if (typeof file === "object" && "location" in file) {
      return Promise.resolve({ status: 302, location: file.location, bytes: none });
    }
    const bytes = typeof file === "string" ? new TextEncoder().encode(file) : file;
    if (bytes.length > maxBytes) {
      return Promise.reject(new SiteFault("unusable", `It is larger than ${maxBytes} bytes.`));
    }
    return Promise.resolve({ status: 200, location: null, bytes });
  }
}
