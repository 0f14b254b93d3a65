/** Telling the broker that a card was on the screen: only what was seen can count as ignored. @module */
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** How much of a card has to be in view. */
const visibleShare = 0.5;

/** What a card is about, and how the broker is told that it was seen. */
export interface SeenCard {
  readonly id: string;
  /** Whether the broker knows already. */
  readonly isSeen: boolean;
  readonly say: () => Promise<unknown>;
}

/** Says once that a card was seen: when half of it is in view of a page that is itself in view. */
export function useSeen(card: RefObject<HTMLElement>, { id, isSeen, say }: SeenCard): void {
  useEffect(() => {
    const { current } = card;
    if (current === null || isSeen) return;
    const observer = new IntersectionObserver((entries) => {
      const inView = entries.some(({ isIntersecting }) => isIntersecting);
      if (!inView || document.visibilityState !== "visible") return;
      observer.disconnect();
      // What can't be said now is said when the card is next drawn; nobody waits for it.
      say().catch(() => {});
    }, { threshold: visibleShare });
    const look = () => {
      observer.unobserve(current);
      observer.observe(current);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      observer.disconnect();
      document.removeEventListener("visibilitychange", look);
    };
  }, [card, id, isSeen]);
}
