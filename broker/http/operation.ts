/** One call of the API: what the OpenAPI document says of it, and what the methods of a path are taken from. @module */
import type { z } from "zod";
import type { ProblemType } from "../schema/problem.ts";

/** The methods that the API uses. */
export type OperationMethod = "GET" | "POST" | "PUT" | "DELETE";

/** What a call answers when it goes well. */
export type OperationAnswer =
  | { readonly status: 200 | 201; readonly schema: z.ZodType; readonly description: string }
  | { readonly status: 204; readonly description: string }
  | { readonly status: 101; readonly description: string }
  /** Bytes of another site. */
  | { readonly status: 200; readonly bytes: true; readonly description: string }
  /** JSON that no schema of ours describes. */
  | { readonly status: 200; readonly json: true; readonly description: string }
  /** Server-sent events: what each event carries, by its name. */
  | {
    readonly status: 200;
    readonly events: Readonly<Record<string, z.ZodType>>;
    readonly description: string;
  };

/** One call. */
export interface Operation {
  readonly method: OperationMethod;
  /** The whole path; `{name}` stands for a parameter. */
  readonly path: string;
  readonly summary: string;
  /** Who may call: anybody, an app by its token, the signed-in person. */
  readonly access: "anybody" | "app" | "person";
  /** The parameters of the path, by name. */
  readonly params?: Readonly<Record<string, z.ZodType>>;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answers: readonly OperationAnswer[];
  /** The problems that are this call's own, beside those of its access and its inputs. */
  readonly problems?: readonly ProblemType[];
}
