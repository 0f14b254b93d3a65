/** The guard of one button that grants, fed by the browser: when it moved, when its window came back, what was pressed. @module */
import type { RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { armGuard, clickGuard, type GuardState, pressGuard } from "./allow_guard.ts";

/** A button that shifted by no more than this many CSS pixels is still where the eye left it. */
const stillPx = 2;

/** What a guarded button attaches. */
export interface AllowGuard {
  /** Whether a press would count now; for `aria-disabled`. */
  readonly ready: boolean;
  onPointerDown(event: PointerEvent): void;
  onKeyDown(event: KeyboardEvent): void;
  /** Whether this click counts. */
  passes(event: MouseEvent): boolean;
}

/**
 * Guards a button. It is armed when the button appears, when it moves on the screen for whatever reason, when the window
 * regains focus or the page becomes visible, and when `shown` (what the button stands for) changes.
 */
export function useAllowGuard(button: RefObject<HTMLElement>, shown: string): AllowGuard {
  const state = useRef<GuardState>(armGuard(Infinity));
  const place = useRef<{ readonly top: number; readonly left: number } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const [ready, setReady] = useState(false);

  const enter = useCallback((next: GuardState) => {
    state.current = next;
    const waitMs = next.readyAtMs - performance.now();
    clearTimeout(timer.current);
    if (waitMs <= 0) return setReady(true);
    setReady(false);
    timer.current = setTimeout(() => setReady(true), waitMs);
  }, []);
  const arm = useCallback(() => enter(armGuard(performance.now())), [enter]);

  const armIfMoved = useCallback(() => {
    const box = button.current?.getBoundingClientRect();
    if (box === undefined) return;
    const before = place.current;
    place.current = { top: box.top, left: box.left };
    const moved = before === null || Math.abs(box.top - before.top) > stillPx ||
      Math.abs(box.left - before.left) > stillPx;
    if (moved) arm();
  }, [arm, button]);

  // After every paint of its island: what was rendered may have pushed it.
  useLayoutEffect(armIfMoved);
  useLayoutEffect(arm, [arm, shown]);

  useEffect(() => {
    const resized = new ResizeObserver(armIfMoved);
    resized.observe(document.body);
    const seen = () => document.visibilityState === "visible" && arm();
    addEventListener("focus", arm);
    addEventListener("resize", armIfMoved);
    addEventListener("scroll", armIfMoved, { capture: true, passive: true });
    document.addEventListener("visibilitychange", seen);
    return () => {
      resized.disconnect();
      clearTimeout(timer.current);
      removeEventListener("focus", arm);
      removeEventListener("resize", armIfMoved);
      removeEventListener("scroll", armIfMoved, { capture: true });
      document.removeEventListener("visibilitychange", seen);
    };
  }, [arm, armIfMoved]);

  return {
    ready,
    onPointerDown: (event) => enter(pressGuard(state.current, event)),
    onKeyDown: (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      enter(pressGuard(state.current, event));
      // A held Enter would click again and again.
      if (event.repeat) event.preventDefault();
    },
    passes: (event) => {
      armIfMoved();
      const click = clickGuard(state.current, event);
      enter(click.state);
      return click.passes;
    },
  };
}
