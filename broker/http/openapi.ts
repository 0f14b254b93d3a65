/** The OpenAPI 3.1 document, made from the very schemas that validate (https://spec.openapis.org/oas/v3.1.1). @module */
import { z } from "zod";
import type { ProblemType } from "../schema/problem.ts";
import { Problem } from "../schema/problem.ts";
import { adminOperations } from "./admin_operations.ts";
import { appOperations } from "./app_operations.ts";
import type { Operation, OperationAnswer } from "./operation.ts";
import { problemKinds, problemMediaType } from "./problem.ts";
import { secretHeader } from "./sign_in.ts";
import { signInCookie } from "./cookies.ts";

type Json = Record<string, unknown>;

/** The problems that every call of an access can answer. */
const accessProblems: Readonly<Record<Operation["access"], readonly ProblemType[]>> = {
  anybody: [],
  app: ["token-missing", "token-unknown", "origin-not-allowed"],
  person: ["not-signed-in", "secret-missing", "origin-not-allowed"],
};

const securities: Readonly<Record<Operation["access"], readonly Json[]>> = {
  anybody: [],
  app: [{ appToken: [] }],
  person: [{ signInCookie: [], originSecret: [] }, { adminToken: [] }],
};

const documents = new Map<string, Json>();

/** The document of a broker of this version. */
export function openApiDocument(version: string): Json {
  const known = documents.get(version);
  if (known) return known;
  const document = makeDocument(version);
  documents.set(version, document);
  return document;
}

function makeDocument(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const operation of [...appOperations, ...adminOperations]) {
    const path = paths[operation.path] ??= {};
    path[operation.method.toLowerCase()] = describe(operation);
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Gatehouse",
      version,
      description:
        "A permission broker for raw network access. Apps use `/api/v1`; the dashboard uses `/admin/v1`.",
      license: { name: "MIT", identifier: "MIT" },
    },
    paths,
    components: {
      schemas: { Problem: schemaOf(Problem, "output"), ...Object.fromEntries(sharedSchemas) },
      securitySchemes: {
        appToken: {
          type: "http",
          scheme: "bearer",
          description: "The token from `POST /api/v1/apps`, together with the app's own `Origin`.",
        },
        signInCookie: { type: "apiKey", in: "cookie", name: signInCookie },
        originSecret: { type: "apiKey", in: "header", name: secretHeader },
        adminToken: {
          type: "http",
          scheme: "bearer",
          description: "The text of the file `admin.token`, on calls without an `Origin`.",
        },
      },
    },
  };
}

function describe(operation: Operation): Json {
  const { summary, access, body, answers } = operation;
  const described: Json = {
    operationId: operationId(operation),
    summary,
    tags: [operation.path.startsWith("/api/") ? "app" : "dashboard"],
    security: securities[access],
    parameters: parametersOf(operation),
    responses: {
      ...Object.fromEntries(answers.map((answer) => [answer.status, describeAnswer(answer)])),
      ...describeProblems(operation),
    },
  };
  if (body) {
    described["requestBody"] = {
      required: true,
      content: { "application/json": { schema: schemaOf(body, "input") } },
    };
  }
  return described;
}

function operationId({ method, path }: Operation): string {
  const words = path.split(/[^a-z]+/i).filter((word) => word !== "" && word !== "v");
  return [method.toLowerCase(), ...words].join("-");
}

function parametersOf({ params = {}, query }: Operation): Json[] {
  const inPath = Object.entries(params).map(([name, schema]) => ({
    name,
    in: "path",
    required: true,
    schema: schemaOf(schema, "output"),
  }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    required: false,
    schema: schemaOf(schema, "output"),
  }));
  return [...inPath, ...inQuery];
}

function describeAnswer(answer: OperationAnswer): Json {
  const { description } = answer;
  if ("schema" in answer) {
    return {
      description,
      content: { "application/json": { schema: schemaOf(answer.schema, "output") } },
    };
  }
  if ("json" in answer) {
    return { description, content: { "application/json": { schema: { type: "object" } } } };
  }
  if ("bytes" in answer) {
    return { description, content: { "application/octet-stream": {} } };
  }
  if (!("events" in answer)) return { description };
  const events = Object.entries(answer.events).map(([name, schema]) => ({
    title: name,
    description: `The data of an event \`${name}\`.`,
    ...schemaOf(schema, "output"),
  }));
  return { description, content: { "text/event-stream": { schema: { oneOf: events } } } };
}

/** The problems of a call, gathered by status. */
function describeProblems({ access, params, query, body, problems = [] }: Operation): Json {
  const types = new Set<ProblemType>([...accessProblems[access], ...problems]);
  if (params) types.add("not-found");
  if (query) types.add("invalid-query");
  if (body) {
    for (const type of ["invalid-body", "unsupported-media-type", "body-too-large"] as const) {
      types.add(type);
    }
  }
  if (access !== "anybody" || body) types.add("store-unavailable");
  const byStatus: Record<string, Json> = {};
  for (const [status, group] of Map.groupBy(types, (type) => problemKinds[type].status)) {
    byStatus[status] = {
      description: group.map((type) => `\`${type}\`: ${problemKinds[type].title}.`).join(" "),
      content: { [problemMediaType]: { schema: { $ref: "#/components/schemas/Problem" } } },
    };
  }
  return byStatus;
}

/** Definitions that schemas refer to, by their name in the document: recursive ones can't stand in place. */
const sharedSchemas = new Map<string, Json>();
const sharedNames = new Map<string, string>();

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, $defs = {}, ...rest } = z.toJSONSchema(schema, { io });
  const names = new Map(
    Object.entries($defs).map(([name, definition]) => {
      const text = JSON.stringify(definition);
      const shared = sharedNames.get(text) ?? `Shared${sharedNames.size + 1}`;
      sharedNames.set(text, shared);
      return [`#/$defs/${name}`, `#/components/schemas/${shared}`];
    }),
  );
  const renamed = (node: unknown): Json =>
    JSON.parse(
      JSON.stringify(node),
      (key, value) => key === "$ref" ? names.get(value) ?? value : value,
    );
  for (const definition of Object.values($defs)) {
    sharedSchemas.set(sharedNames.get(JSON.stringify(definition))!, renamed(definition));
  }
  return renamed(rest);
}
