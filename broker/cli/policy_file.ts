/** Making sure that no policy is overlooked. @module */

/** Thrown when a policy is set that this version does not enforce. */
export class PolicyUnreadError extends Error {
  override name = "PolicyUnreadError";
}

/**
 * Refuses to start beside a policy: this version cannot enforce one yet, and a policy that is silently passed over is
 * worse than a broker that does not start.
 *
 * @param file A `deno.json`.
 * @throws PolicyUnreadError when it holds a policy, or can't be read.
 */
export async function refuseUnreadPolicy(file: string | URL): Promise<void> {
  const text = await Deno.readTextFile(file).catch((fault) => {
    throw new PolicyUnreadError(`The policy file ${file} can't be read: ${fault.message}`);
  });
  if (!/"permissionBroker"\s*:/.test(text)) return;
  throw new PolicyUnreadError(
    `${file} sets a policy ("permissionBroker"), which this version does not enforce yet.`,
  );
}
