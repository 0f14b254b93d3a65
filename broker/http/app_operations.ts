/** Every call of the app's API, `/api/v1`. A test holds it against the files below `routes/`. @module */
import {
  appEvents,
  Health,
  OwnApp,
  OwnGrantList,
  OwnRequest,
  PermissionDescriptor,
  PermissionStatus,
  RegisterAppBody,
  RegisterAppResult,
  RequestPermissionBody,
  RequestPermissionResult,
  WaitQuery,
} from "../schema/app_api.ts";
import { OwnExplainBody, OwnExplanation } from "../schema/explanation.ts";
import { RequestId } from "../schema/ids.ts";
import type { Operation } from "./operation.ts";

/** The calls of the app's API. */
export const appOperations: readonly Operation[] = [
  {
    method: "GET",
    path: "/api/v1/health",
    summary: "Whether the broker is alive",
    access: "anybody",
    answers: [{ status: 200, schema: Health, description: "It is." }],
  },
  {
    method: "GET",
    path: "/api/v1/openapi.json",
    summary: "This document",
    access: "anybody",
    answers: [{ status: 200, json: true, description: "An OpenAPI 3.1 document." }],
  },
  {
    method: "POST",
    path: "/api/v1/apps",
    summary: "Register: the origin is taken from the `Origin` header",
    access: "anybody",
    body: RegisterAppBody,
    answers: [
      {
        status: 201,
        schema: RegisterAppResult,
        description: "Registered, with a token that waits for the person.",
      },
      {
        status: 200,
        schema: RegisterAppResult,
        description: "Known already, by the token that came along.",
      },
    ],
    problems: ["origin-not-allowed", "insecure-context", "third-party-frame", "queue-full"],
  },
  {
    method: "GET",
    path: "/api/v1/apps/me",
    summary: "Look at yourself",
    access: "app",
    answers: [{ status: 200, schema: OwnApp, description: "The calling app." }],
  },
  {
    method: "DELETE",
    path: "/api/v1/apps/me",
    summary:
      "Leave: ends all grants, connections and tokens of the app; a token that waits takes itself alone",
    access: "app",
    answers: [{ status: 204, description: "Gone." }],
  },
  {
    method: "GET",
    path: "/api/v1/apps/me/wait",
    summary: "Wait until a person has installed the app",
    access: "app",
    query: WaitQuery,
    answers: [{ status: 200, schema: OwnApp, description: "The app as it now stands." }],
  },
  {
    method: "GET",
    path: "/api/v1/permissions",
    summary: "List the app's grants",
    access: "app",
    answers: [{ status: 200, schema: OwnGrantList, description: "Its grants, denials included." }],
    problems: ["not-installed"],
  },
  {
    method: "POST",
    path: "/api/v1/permissions/query",
    summary: "How a permission stands; asks nobody",
    access: "app",
    body: PermissionDescriptor,
    answers: [{ status: 200, schema: PermissionStatus, description: "Its state, and why." }],
    problems: ["not-installed"],
  },
  {
    method: "POST",
    path: "/api/v1/permissions/request",
    summary: "Ask the person, unless the answer is known already",
    access: "app",
    body: RequestPermissionBody,
    answers: [{
      status: 200,
      schema: RequestPermissionResult,
      description: "The state; while it is `prompt`, the pending request to wait for.",
    }],
    problems: ["not-installed", "queue-full"],
  },
  {
    method: "POST",
    path: "/api/v1/explain",
    summary: "What would be decided for the app, and how its grants were matched",
    access: "app",
    body: OwnExplainBody,
    answers: [{ status: 200, schema: OwnExplanation, description: "The decision, explained." }],
    problems: ["not-installed"],
  },
  {
    method: "GET",
    path: "/api/v1/requests/{id}",
    summary: "Look at a request",
    access: "app",
    params: { id: RequestId },
    answers: [{ status: 200, schema: OwnRequest, description: "The request." }],
    problems: ["not-installed"],
  },
  {
    method: "DELETE",
    path: "/api/v1/requests/{id}",
    summary: "Withdraw a request",
    access: "app",
    params: { id: RequestId },
    answers: [{ status: 200, schema: OwnRequest, description: "The request as it ended." }],
    problems: ["not-installed", "request-ended"],
  },
  {
    method: "GET",
    path: "/api/v1/requests/{id}/wait",
    summary: "Wait until a request ends",
    access: "app",
    params: { id: RequestId },
    query: WaitQuery,
    answers: [{ status: 200, schema: OwnRequest, description: "The request as it now stands." }],
    problems: ["not-installed"],
  },
  {
    method: "GET",
    path: "/api/v1/events",
    summary: "Follow what happens to the app",
    access: "app",
    answers: [{
      status: 200,
      events: appEvents,
      description:
        "Server-sent events, beginning with `app`. While open, it counts as a context of the app.",
    }],
  },
  {
    method: "GET",
    path: "/api/v1/relay",
    summary: "Open a relay, the WebSocket that the app's sockets run over",
    access: "app",
    answers: [{
      status: 101,
      description:
        "Subprotocol `gatehouse.v1`; the token goes in a second one, `gatehouse.token.TOKEN`.",
    }],
    problems: ["upgrade-required", "invalid-header", "not-installed", "queue-full"],
  },
];
