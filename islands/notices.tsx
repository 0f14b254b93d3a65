/** Whether this browser tells when an app asks: the browser is asked for it by this button alone. @module */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ActButton } from "../components/act_button.tsx";
import {
  type NoticeState,
  noticeState,
  turnNoticesOff,
  turnNoticesOn,
} from "../components/notice_choice.ts";
import { text } from "../components/text.ts";
import { TitledGroup } from "../components/titled_group.tsx";

const says: Record<NoticeState, string> = {
  on: text.notices.isOn,
  off: text.notices.isOff,
  blocked: text.notices.blocked,
  missing: text.notices.missing,
};

/** How it stands, and the button that turns it around. Null before the browser was looked at. */
export default function Notices(): JSX.Element {
  const [state, setState] = useState<NoticeState | null>(null);
  useEffect(() => setState(noticeState()), []);
  return (
    <TitledGroup id="notices" heading={text.notices.heading}>
      <div class="card">
        <p class="note">{text.notices.hint}</p>
        <p role="status">{state === null ? "" : says[state]}</p>
        <p class="actions">
          <noscript>
            <span class="note">{text.notices.noScript}</span>
          </noscript>
          {state === "off" && (
            <ActButton onPress={() => void turnNoticesOn().then(setState)}>
              {text.notices.on}
            </ActButton>
          )}
          {state === "on" && (
            <ActButton onPress={() => setState(turnNoticesOff())}>{text.notices.off}</ActButton>
          )}
        </p>
      </div>
    </TitledGroup>
  );
}
