/**
 * Changes static files before they are served.
 * @module
 */

/** Which static files a transform is for. See https://fresh.deno.dev/docs/advanced/builder */
export interface OnTransformOptions {
  /** Name for error messages. */
  pluginName: string;
  /** Matched against the file's absolute path. */
  filter: RegExp;
  /** Paths to leave alone: patterns, or text the path contains. */
  exclude?: Array<string | RegExp>;
}

/** What a transform is given. See https://fresh.deno.dev/docs/advanced/builder */
export interface OnTransformArgs {
  /** Absolute path of the file. */
  path: string;
  /** Browsers to build for. */
  target: string | string[];
  /** The content as text. */
  text: string;
  content: Uint8Array<ArrayBuffer>;
  mode: "development" | "production";
  /** Directory of the project. */
  root: string;
}

/** What a transform may return. See https://fresh.deno.dev/docs/advanced/builder */
export interface OnTransformResult {
  content: string | Uint8Array<ArrayBuffer>;
  map?: string | Uint8Array<ArrayBuffer>;
}

/** Returns the new content, or nothing to leave it. See https://fresh.deno.dev/docs/advanced/builder */
export type TransformFn = (
  args: OnTransformArgs,
) => void | OnTransformResult | Promise<void | OnTransformResult>;

/** A transform and the files it is for. */
export interface Transform {
  readonly options: OnTransformOptions;
  readonly fn: TransformFn;
}

/** Runs the transforms that are for this file, each on what the one before returned. */
export async function transformed(
  transforms: readonly Transform[],
  args: Omit<OnTransformArgs, "text">,
): Promise<Uint8Array<ArrayBuffer>> {
  let { content } = args;
  for (const { options: { filter, exclude = [] }, fn } of transforms) {
    const isExcluded = exclude.some((item) =>
      typeof item === "string" ? args.path.includes(item) : item.test(args.path)
    );
    filter.lastIndex = 0;
    if (isExcluded || !filter.test(args.path)) continue;
    const text = new TextDecoder().decode(content);
    const result = await fn({ ...args, content, text });
    if (result === undefined) continue;
    content = typeof result.content === "string"
      ? new TextEncoder().encode(result.content)
      : result.content;
  }
  return content;
}
