/** Reading an app's icon from its own origin, and drawing it anew. @module */
import { usableIcons } from "../core/manifest_icons.ts";
import { maxIconBytes, redrawIcon } from "../core/png_icon.ts";
import { IconFault } from "../core/png_chunks.ts";
import type { AppIcon, Manifest } from "../schema/manifest.ts";
import type { AppId } from "../schema/ids.ts";
import { type Broker, SiteFault } from "./ports.ts";
import { readSiteFile } from "./read_site_file.ts";

const maxTries = 2;

/** Whose icon. */
export interface IconAsk {
  readonly appId: AppId;
  readonly origin: string;
  readonly manifest: Manifest;
  readonly signal: AbortSignal;
}

/** The best of the listed icons that can be drawn; null, and why, when none can. */
export async function readIcon(
  broker: Broker,
  { appId, origin, manifest, signal }: IconAsk,
): Promise<{ icon: AppIcon | null; errors: string[] }> {
  const usable = usableIcons(manifest.icons, origin);
  const errors = manifest.icons.length > 0 && usable.length === 0
    ? ["icons: None is shown: an icon must be a PNG picture of the app's own origin."]
    : [];
  for (const { src } of usable.slice(0, maxTries)) {
    try {
      const { bytes } = await readSiteFile(broker, {
        url: src,
        appOrigin: origin,
        accept: "image/png",
        maxBytes: maxIconBytes,
        signal,
      });
      const drawn = redrawIcon(bytes);
      const png = drawn.toBase64();
      return { icon: { v: 1, id: appId, png, digest: broker.secrets.hash(png) }, errors };
    } catch (fault) {
      if (!(fault instanceof SiteFault || fault instanceof IconFault)) throw fault;
      errors.push(`icons: ${src.slice(0, 150)} is not shown. ${fault.message}`);
    }
  }
  return { icon: null, errors };
}
