/**
 * Turns a page into an HTML document whose islands the browser can bring to life.
 * @module
 */
import { Fragment, h, type VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { installAssetHook } from "./asset.ts";
import type { BuildCache } from "./build_cache.ts";
import { headKey, installDocumentHook } from "./document_hook.ts";
import { encode } from "./encode.ts";
import { headSink } from "./head.ts";
import { PendingSlots } from "./island.ts";
import { raw, type Rendering, rendering } from "./rendering.ts";

/** What {@link renderDocument} needs. */
export interface DocumentInit {
  /** The page inside its layouts. */
  readonly page: VNode | null;
  /** The app wrapper, or `null`; it renders what `setBody` was last given. */
  readonly shell: VNode | null;
  setBody(body: VNode): void;
  readonly cache: Pick<BuildCache<unknown>, "islands" | "clientEntry">;
  readonly url: URL;
  readonly basePath: string;
  /** URLs of style sheets to link. */
  readonly css: readonly string[];
}

interface Boot {
  readonly document: Rendering;
  readonly clientEntry: string;
  readonly basePath: string;
}

let boot: Boot | null = null;

installAssetHook();
installDocumentHook(BodyEnd);
headSink.put = (element) => rendering.current?.head.set(headKey(element), element);

/**
 * Renders a document. The page is rendered before its wrapper, so that what it puts into `<Head>` is
 * known when the head is written. Missing outer elements are added.
 *
 * @returns the HTML, and the nonce its scripts and styles carry
 */
export function renderDocument(init: DocumentInit): { html: string; nonce: string } {
  const document: Rendering = {
    nonce: crypto.randomUUID().replaceAll("-", ""),
    url: init.url,
    registry: init.cache.islands,
    islands: new Set(),
    props: [],
    slots: [],
    head: new Map(),
    inHead: false,
    seen: new Set(),
  };
  for (const href of init.css) {
    const link = h("link", { rel: "stylesheet", href, key: href }) as VNode;
    document.head.set(headKey(link), link);
  }
  rendering.current = document;
  boot = { document, clientEntry: init.cache.clientEntry, basePath: init.basePath };
  try {
    let html = renderToString(init.page ?? h(Fragment, null));
    if (init.shell !== null) {
      init.setBody(raw(html));
      html = renderToString(init.shell);
    }
    return { html: `<!DOCTYPE html>${complete(html, document)}`, nonce: document.nonce };
  } finally {
    rendering.current = null;
    boot = null;
  }
}

function complete(html: string, { seen }: Rendering): string {
  const missing = (["html", "head", "body"] as const).filter((name) => !seen.has(name));
  if (missing.length === 0) return html;
  let vnode = raw(html);
  if (missing.includes("body")) vnode = h("body", null, vnode);
  if (missing.includes("head")) {
    vnode = h(Fragment, null, h("head", null, h("meta", { charset: "utf-8" })), vnode);
  }
  if (missing.includes("html")) vnode = h("html", null, vnode);
  return renderToString(vnode);
}

/** The end of `<body>`: slots that are not in the page, then the script that boots its islands. */
function BodyEnd(): VNode {
  return h(Fragment, null, h(PendingSlots, null), h(BootScript, null));
}

function BootScript(): VNode | null {
  if (boot === null || boot.document.islands.size === 0) return null;
  const { document: { islands, props }, clientEntry, basePath } = boot;
  const imports = [`import{boot}from${JSON.stringify(basePath + clientEntry)};`];
  const components: string[] = [];
  [...islands].forEach(({ file, exportName }, index) => {
    imports.push(`import*as i${index} from${JSON.stringify(basePath + file)};`);
    components.push(`i${index}[${JSON.stringify(exportName)}]`);
  });
  const code = `${imports.join("")}boot([${components.join()}],${encode(props)});`;
  return h("script", { type: "module", dangerouslySetInnerHTML: { __html: code } }) as VNode;
}
