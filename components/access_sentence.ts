/** What one app could do right now, in one sentence (design section 14, `/permissions`). @module */
import type { AppAccess } from "../broker/schema/app_access.ts";
import { appPart } from "./sentence.ts";
import { fillPhrase, type Phrase, type PhrasePart } from "./phrase.ts";
import { plural } from "./plural.ts";
import { targetText } from "./target_text.ts";
import { text } from "./text.ts";

/** "**Mail** could connect to **imap.example.com:993** and fetch from **https://example.com/\***." */
export function accessSentence({ appName, isPaused, powers }: AppAccess): Phrase {
  const words = text.permissions.access;
  const parts = powers.map(({ capability, targets, more }) => {
    // Network facts have no target of their own.
    const named = targets.map((target): PhrasePart =>
      capability === "network-info" ? words.networkFacts : {
        kind: "strong",
        text: targetText(target, capability),
      }
    );
    const rest = more > 0 ? [plural(more, words.more)] : [];
    return fillPhrase(words.can[capability], {
      targets: listed([...named, ...rest].map(asPhrase)),
    });
  });
  return fillPhrase(isPaused ? words.paused : words.could, {
    app: appPart(appName),
    powers: listed(parts),
  });
}

function asPhrase(part: PhrasePart): Phrase {
  return [part];
}

/** "a", "a and b", "a, b and c". */
function listed(items: readonly Phrase[]): Phrase {
  const words = text.permissions.access;
  return items.flatMap((item, index) => {
    if (index === 0) return item;
    return [index === items.length - 1 ? words.and : words.comma, ...item];
  });
}
