/** `POST /api/v1/permissions/request`: asks the person, unless the answer is known already. @module */
import { askPermission } from "../../../../broker/actions/ask_permission.ts";
import { ownRequest } from "../../../../broker/actions/own_request.ts";
import { acceptedApp } from "../../../../broker/http/app_access.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { permissionStatus, refuseWhenLimited } from "../../../../broker/http/permission_status.ts";
import { readJson } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { RequestPermissionBody } from "../../../../broker/schema/app_api.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, state: { broker } }) {
    const app = acceptedApp(broker, req);
    const body = await readJson(req, RequestPermissionBody);
    const ask = { ...body, reason: body.reason ?? null, contextId: null };
    const { decision, request } = await askPermission(broker, app, ask);
    refuseWhenLimited(decision);
    const status = permissionStatus(decision);
    return answerJson({ ...status, request: request && ownRequest(request) });
  },
});
