/** Whether this browser tells of requests: what the person chose here, and what the browser lets us do. @module */

/** How a browser stands to notifications. */
export type NoticeState = "on" | "off" | "blocked" | "missing";

const choiceKey = "gatehouse.notices";
const toldKey = "gatehouse.told";

/** How this browser stands now. It is on only where the person chose so here and the browser agrees. */
export function noticeState(): NoticeState {
  if (!("Notification" in globalThis)) return "missing";
  if (Notification.permission === "denied") return "blocked";
  const chosen = localStorage.getItem(choiceKey) === "on";
  return chosen && Notification.permission === "granted" ? "on" : "off";
}

/** Turns notifications on, after a click only: the browser may ask the person. Resolves to how it stands then. */
export async function turnNoticesOn(): Promise<NoticeState> {
  if (await Notification.requestPermission() === "granted") localStorage.setItem(choiceKey, "on");
  return noticeState();
}

/** Turns notifications off. */
export function turnNoticesOff(): NoticeState {
  localStorage.removeItem(choiceKey);
  return noticeState();
}

/** When each app was last told of, by any page of this browser. */
export function readToldAtMs(): Record<string, number> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(toldKey) ?? "{}");
    if (typeof stored !== "object" || stored === null) return {};
    return Object.fromEntries(Object.entries(stored).filter(([, at]) => typeof at === "number"));
  } catch {
    return {};
  }
}

/** Remembers it for every page of this browser. */
export function writeToldAtMs(toldAtMs: Readonly<Record<string, number>>): void {
  localStorage.setItem(toldKey, JSON.stringify(toldAtMs));
}
