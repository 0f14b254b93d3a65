/** `POST /api/v1/permissions/query`: how a permission stands, without asking anybody. @module */
import { queryPermission } from "../../../../broker/actions/query_permission.ts";
import { acceptedApp } from "../../../../broker/http/app_access.ts";
import { answerJson } from "../../../../broker/http/json_answer.ts";
import { permissionStatus } from "../../../../broker/http/permission_status.ts";
import { readJson } from "../../../../broker/http/read_body.ts";
import { define } from "../../../../broker/http/state.ts";
import { PermissionDescriptor } from "../../../../broker/schema/app_api.ts";

/** The methods of this path. */
export const handler = define.handlers({
  async POST({ req, state: { broker } }) {
    const app = acceptedApp(broker, req);
    const descriptor = await readJson(req, PermissionDescriptor);
    return answerJson(permissionStatus(queryPermission(broker, app, descriptor)));
  },
});
