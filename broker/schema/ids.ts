/** Identifiers: one prefix a noun, so that an id says what it names and can't be passed for another. @module */
import { z } from "zod";

const body = "[0-9a-f]{32}";

function idSchema<Prefix extends string>(prefix: Prefix) {
  return z.templateLiteral([`${prefix}_`, z.string().regex(new RegExp(`^${body}$`))]).meta({
    description: `\`${prefix}_\` and 32 hexadecimal digits`,
  });
}

/** An app's id: `app_` and 32 hexadecimal digits. */
export const AppId = idSchema("app");
/** An app's id. */
export type AppId = z.infer<typeof AppId>;

/** A credential's id: one app token of one app. */
export const CredentialId = idSchema("cred");
/** A credential's id. */
export type CredentialId = z.infer<typeof CredentialId>;

/** A request's id. */
export const RequestId = idSchema("req");
/** A request's id. */
export type RequestId = z.infer<typeof RequestId>;

/** A grant's id. */
export const GrantId = idSchema("grant");
/** A grant's id. */
export type GrantId = z.infer<typeof GrantId>;

/** The id of an embargo: a digest of the question that it is about. */
export const EmbargoId = idSchema("emb");
/** The id of an embargo. */
export type EmbargoId = z.infer<typeof EmbargoId>;

/** A session's id. */
export const SessionId = idSchema("sess");
/** A session's id. */
export type SessionId = z.infer<typeof SessionId>;

/** A sign-in's id: one browser signed in to the dashboard. */
export const SignInId = idSchema("sign");
/** A sign-in's id. */
export type SignInId = z.infer<typeof SignInId>;

/** The id of one run of the broker, new at each start. */
export const BootId = idSchema("boot");
/** The id of one run of the broker. */
export type BootId = z.infer<typeof BootId>;

/** The id of one context of an app: a relay or an event stream that it holds open. */
export const ContextId = idSchema("ctx");
/** The id of one context of an app. */
export type ContextId = z.infer<typeof ContextId>;

/** Which prefix belongs to which id; an id source makes ids of these kinds. */
export interface IdKinds {
  app: AppId;
  cred: CredentialId;
  req: RequestId;
  grant: GrantId;
  sess: SessionId;
  sign: SignInId;
  boot: BootId;
  ctx: ContextId;
}
