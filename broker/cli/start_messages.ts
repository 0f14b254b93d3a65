/** What `deno task start` tells the person. @module */
import { StoreUnavailableError } from "../actions/ports.ts";
import { DataDirectoryInUseError } from "../stores/data_directory.ts";
import { StoreDamagedError } from "../stores/store_damaged_error.ts";
import { PolicyFileError } from "../stores/policy_file_source.ts";
import { ServerSettingError } from "./server_settings.ts";
import { usage, UsageError } from "./start_options.ts";

/** What is printed once the broker serves, with the address of the apps to try when they run. */
export function greeting(version: string, url: string, demoUrl: string | null): string {
  const demo = demoUrl === null ? "" : `
Apps to try, which ask for something:

  ${demoUrl}
`;
  return `Gatehouse ${version} is running. Open this link; it works once, for five minutes:

  ${url}
${demo}
A new one: deno task link. If the browser does not find the page, write localhost for gatehouse.localhost.
Stop with Ctrl+C.`;
}

/** Why the broker did not start, for people; and the code to end with: 2 for a wrong command line, else 1. */
export function startFailure(fault: unknown): { code: number; text: string } {
  if (fault instanceof UsageError) return { code: 2, text: `${fault.message}\n\n${usage}` };
  const told = [
    DataDirectoryInUseError,
    StoreDamagedError,
    StoreUnavailableError,
    PolicyFileError,
    ServerSettingError,
  ];
  if (told.some((kind) => fault instanceof kind)) {
    return { code: 1, text: (fault as Error).message };
  }
  if (fault instanceof Error && "code" in fault && fault.code === "EADDRINUSE") {
    return {
      code: 1,
      text:
        "The port is taken by another program. Choose another with --port N; --port 0 takes one that is free.",
    };
  }
  if (fault instanceof Error && "code" in fault && fault.code === "EACCES") {
    return {
      code: 1,
      text: "This user may not use that port. Choose one from 1024 with --port N.",
    };
  }
  return { code: 1, text: fault instanceof Error ? fault.stack ?? fault.message : String(fault) };
}
