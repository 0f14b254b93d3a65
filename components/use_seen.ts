/** Telling the broker that a card was on the screen: only what was seen can count as ignored. @module */
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import type { RequestView } from "../broker/schema/dashboard.ts";
import type { Stage } from "./acts.ts";

/** How much of a card has to be in view. */
const visibleShare = 0.5;

/** Says once that a request was seen: when half of its card is in view of a page that is itself in view. */
export function useSeen(card: RefObject<HTMLElement>, { client }: Stage, view: RequestView): void {
  const { id, seenAtMs } = view;
  useEffect(() => {
    const { current } = card;
    if (current === null || seenAtMs !== null) return;
    const observer = new IntersectionObserver((entries) => {
      const inView = entries.some(({ isIntersecting }) => isIntersecting);
      if (!inView || document.visibilityState !== "visible") return;
      observer.disconnect();
      // What can't be said now is said when the card is next drawn; nobody waits for it.
      client.seen(id).catch(() => {});
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
  }, [card, client, id, seenAtMs === null]);
}
