/**
 * Which nonce a rendered response's scripts and styles carry.
 * @module
 */

/** Kept beside the response, so that a nonce is never sent in a header by accident. */
export const NONCES: WeakMap<Response, string> = new WeakMap();
