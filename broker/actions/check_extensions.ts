/** Asking the origins that a manifest names whether they agree: each has a file for that (Scope Extensions, "Association file"). @module */
import {
  associationPath,
  maxAssociationBytes,
  parseOriginAssociation,
} from "../core/origin_association.ts";
import { judgeExtension } from "../core/manifest_changes.ts";
import type { CheckedExtension, Manifest } from "../schema/manifest.ts";
import { type Broker, SiteFault } from "./ports.ts";
import { readSiteFile } from "./read_site_file.ts";

/** What is asked, and what was known before. */
export interface ExtensionCheck {
  readonly appOrigin: string;
  readonly manifest: Manifest;
  readonly before: readonly CheckedExtension[];
  readonly signal: AbortSignal;
}

/** Reads the file of every origin, all at once: there are ten at most. What goes wrong with one means that this one has not agreed. */
export function checkExtensions(
  broker: Broker,
  { appOrigin, manifest, before, signal }: ExtensionCheck,
): Promise<CheckedExtension[]> {
  return Promise.all(manifest.scope_extensions.map(async ({ origin }) => {
    const file = await readAssociation(broker, origin, appOrigin, signal);
    const known = before.find((extension) => extension.origin === origin);
    return judgeExtension(origin, manifest.id, file, known, broker.clock.nowMs());
  }));
}

async function readAssociation(
  broker: Broker,
  origin: string,
  appOrigin: string,
  signal: AbortSignal,
): Promise<ReturnType<typeof parseOriginAssociation> | { fault: string }> {
  try {
    const { bytes } = await readSiteFile(broker, {
      url: `${origin}${associationPath}`,
      appOrigin,
      accept: "application/json",
      maxBytes: maxAssociationBytes,
      signal,
    });
    return parseOriginAssociation(new TextDecoder().decode(bytes), origin);
  } catch (fault) {
    if (!(fault instanceof SiteFault)) throw fault;
    return { fault: fault.message };
  }
}
