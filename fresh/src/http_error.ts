/**
 * The error that carries an HTTP status, on the server and in islands.
 * @module
 */

/**
 * An error that ends a request with an HTTP status; error routes read it as `ctx.error`.
 *
 * @see https://fresh.deno.dev/docs/advanced/error-handling
 */
export class HttpError extends Error {
  /** HTTP status code, 400 to 599. */
  status: number;

  /**
   * @param status HTTP status code, 400 to 599
   * @param message sent as the response body where no error route is set; default: the status text
   */
  constructor(status: number, message?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "HttpError";
    this.status = status;
  }
}
