/** Tells of requests outside the page: the badge of the installed app, the mark on the tab's icon, and notifications. @module */
import { useEffect, useRef } from "preact/hooks";
import type { RequestId } from "../broker/schema/ids.ts";
import { countsOf } from "../components/counts.ts";
import type { Dashboard } from "../components/dashboard_model.ts";
import { noticeState, readToldAtMs, writeToldAtMs } from "../components/notice_choice.ts";
import { type Notice, noticesFor } from "../components/notices.ts";

/** What the island takes. */
export interface NotifierProps {
  readonly dashboard: Dashboard;
  /** The icon's URL, and that of the icon which says that something waits. */
  readonly icons: { readonly idle: string; readonly waiting: string };
}

/** Draws nothing. Notifications that are still shown go with the page: there would be nobody to open what they lead to. */
export default function Notifier({ dashboard, icons }: NotifierProps): null {
  const { snapshot } = dashboard;
  const { requests, nowMs } = snapshot.value;
  const { waiting } = countsOf(snapshot.value);
  const known = useRef<ReadonlySet<RequestId> | null>(null);
  const shown = useRef(new Set<Notification>());

  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
    if (icon !== null) icon.href = waiting > 0 ? icons.waiting : icons.idle;
    // Where there is no badge to set, or the page is not installed, nothing is lost.
    if ("setAppBadge" in navigator) void navigator.setAppBadge(waiting).catch(() => {});
  }, [waiting]);

  useEffect(() => {
    // What stood there when the page was opened has been seen, or is about to be.
    const before = known.current ?? new Set(requests.map(({ id }) => id));
    const told = { known: before, toldAtMs: readToldAtMs() };
    const { notices, memory } = noticesFor(requests, told, nowMs);
    known.current = memory.known;
    if (notices.length === 0 || noticeState() !== "on" || isLookedAt()) return;
    writeToldAtMs(memory.toldAtMs);
    for (const notice of notices) show(notice, icons.idle, shown.current);
  }, [requests]);

  useEffect(() => {
    const closeAll = () => shown.current.forEach((notification) => notification.close());
    addEventListener("pagehide", closeAll);
    return () => removeEventListener("pagehide", closeAll);
  }, []);

  return null;
}

/** Whether the person has this page before them: then the page itself tells. */
function isLookedAt(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

function show({ tag, title, body, path }: Notice, icon: string, shown: Set<Notification>): void {
  const notification = new Notification(title, { body, tag, icon });
  shown.add(notification);
  notification.onclose = () => shown.delete(notification);
  notification.onclick = () => {
    globalThis.focus();
    notification.close();
    location.assign(path);
  };
}
