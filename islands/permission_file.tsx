/** Permissions as a file: export what the filters choose, import what a dry run has shown. @module */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { ImportResult } from "../broker/schema/grants_file.ts";
import type { FieldProblem } from "../broker/schema/problem.ts";
import { failureText, importPermissions, type Stage } from "../components/acts.ts";
import { AdminError } from "../components/admin_client.ts";
import { type Dashboard, isInert } from "../components/dashboard_model.ts";
import { ImportReview } from "../components/import_review.tsx";
import { listUrl, queryOf } from "../components/list_query_text.ts";
import { fillText } from "../components/phrase.ts";
import { plainText } from "../components/plain_text.ts";
import { text } from "../components/text.ts";
import { useStage } from "../components/use_stage.ts";

/** The largest file that the broker takes, in bytes. */
const maxFileBytes = 8 * 1024 * 1024;

/** A file that was read, and what it would do. */
interface Reviewed {
  readonly file: unknown;
  readonly result: ImportResult;
}

type Reading = { readonly reviewed: Reviewed } | { readonly errors: readonly string[] } | "reading";

/** What the island takes. */
export interface PermissionFileProps {
  readonly dashboard: Dashboard;
}

/** Export is a link, and needs no script; Import asks the broker what it would do before it offers to do it. */
export default function PermissionFile({ dashboard }: PermissionFileProps): JSX.Element {
  const stage = useStage(dashboard);
  const [reading, setReading] = useState<Reading | null>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const query = queryOf(dashboard.view.value);
  const words = text.file;
  const done = () => {
    setReading(null);
    if (chooser.current) chooser.current.value = "";
    chooser.current?.focus();
  };
  const onFile = (file: File | undefined) => {
    if (file === undefined) return;
    setReading("reading");
    void readFile(stage, file).then(setReading);
  };
  return (
    <section aria-labelledby="file" class="file">
      <h2 id="file">{words.heading}</h2>
      <p class="note">{words.hint}</p>
      <div class="actions">
        <a
          class="button small"
          download
          href={listUrl("permissions", query, { cursor: null, limit: null })
            .replace("/permissions", "/permissions/export")}
        >
          {words.export}
        </a>
        <label class="actions needs-script">
          {words.import}
          <input
            ref={chooser}
            type="file"
            accept=".json,application/json"
            disabled={isInert(dashboard)}
            onChange={(event) => onFile(event.currentTarget.files?.[0])}
          />
        </label>
      </div>
      <div role="status">{reading === "reading" && <p class="note">{words.reading}</p>}</div>
      {reading !== null && reading !== "reading" &&
        ("errors" in reading ? <Errors lines={reading.errors} /> : (
          <ImportReview
            result={reading.reviewed.result}
            inert={isInert(dashboard)}
            onCancel={done}
            onImport={(token) => {
              void importPermissions(stage, reading.reviewed.file, token).then(done, (fault) => {
                setReading({ errors: errorLines(fault) });
              });
            }}
          />
        ))}
    </section>
  );
}

/** Reads a file and asks what it would do. */
async function readFile(stage: Stage, chosen: File): Promise<Reading> {
  if (chosen.size > maxFileBytes) return { errors: [text.file.tooLong] };
  let file: unknown;
  try {
    file = JSON.parse(await chosen.text());
  } catch {
    return { errors: [text.file.notJson] };
  }
  try {
    return { reviewed: { file, result: await stage.client.importFile(file) } };
  } catch (fault) {
    return { errors: errorLines(fault) };
  }
}

/** Every wrong field with where it is, or what else went wrong. */
function errorLines(fault: unknown): string[] {
  if (!(fault instanceof AdminError)) throw fault;
  const where = ({ pointer, detail }: FieldProblem) =>
    fillText(text.file.where, { pointer: pointer.replace(/^\/file/, "") || "/", detail });
  return fault.fields.length > 0 ? fault.fields.map(where) : [failureText(fault)];
}

function Errors({ lines }: { readonly lines: readonly string[] }): JSX.Element {
  return (
    <div class="field-error" role="alert">
      <p>{text.file.wrong}</p>
      <ul>{lines.map((line) => <li key={line} class="wrap">{plainText(line, 400)}</li>)}</ul>
    </div>
  );
}
