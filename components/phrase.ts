/** Sentences with marked parts: a template of the text catalogue, filled, and still free of markup. @module */

/** The name of an app: the app's own text, set apart from ours. */
export interface AppPart {
  readonly kind: "app";
  readonly name: string;
}
/** A host: what stands before its registrable domain, the domain, and the A-label form where it is written in Unicode. */
export interface HostPart {
  readonly kind: "host";
  readonly before: string;
  readonly domain: string;
  readonly ascii: string | null;
}
/** Words that matter most. */
export interface StrongPart {
  readonly kind: "strong";
  readonly text: string;
}
/** One part of a phrase. */
export type PhrasePart = string | AppPart | HostPart | StrongPart;
/** A sentence in parts, in reading order. */
export type Phrase = readonly PhrasePart[];

/** The placeholders of a template: `"app" | "host"` for `"{app} at {host}"`. */
export type Placeholder<Template extends string> = Template extends
  `${string}{${infer Name}}${infer Rest}` ? Name | Placeholder<Rest> : never;

const PLACEHOLDER = /\{(\w+)\}/g;

/** Fills a template with parts. A translation may put the placeholders in any order. */
export function fillPhrase<Template extends string>(
  template: Template,
  values: Readonly<Record<Placeholder<Template>, PhrasePart | Phrase>>,
): Phrase {
  const parts: PhrasePart[] = [];
  let end = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    if (match.index > end) parts.push(template.slice(end, match.index));
    const value = values[match[1] as Placeholder<Template>];
    if (isPhrase(value)) parts.push(...value);
    else parts.push(value);
    end = match.index + match[0].length;
  }
  if (end < template.length) parts.push(template.slice(end));
  return parts;
}

/** Fills a template with plain text. */
export function fillText<Template extends string>(
  template: Template,
  values: Readonly<Record<Placeholder<Template>, string | number>>,
): string {
  return template.replace(PLACEHOLDER, (_, name) => String(values[name as Placeholder<Template>]));
}

/** A phrase as plain text, for labels, titles and live regions. */
export function phraseText(phrase: Phrase): string {
  return phrase.map(partText).join("");
}

function isPhrase(value: PhrasePart | Phrase): value is Phrase {
  return Array.isArray(value);
}

function partText(part: PhrasePart): string {
  if (typeof part === "string") return part;
  switch (part.kind) {
    case "app":
      return part.name;
    case "host":
      return `${part.before}${part.domain}${part.ascii === null ? "" : ` (${part.ascii})`}`;
    case "strong":
      return part.text;
  }
}
