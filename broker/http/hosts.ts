/** The names under which the broker answers, all of them loopback. @module */

/** The name that the dashboard lives on. Cookies ignore ports: on plain `localhost`, other servers would get its. */
export const dashboardHostName = "gatehouse.localhost";

const names = [dashboardHostName, "localhost", "127.0.0.1", "[::1]"];

/** Every `Host` that is allowed, in lower case: each name with the port, and without it where that is the default. */
export function allowedHosts(port: number): ReadonlySet<string> {
  return new Set(names.flatMap((name) => port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
}

/** The host of the dashboard, with its port as URLs write it. */
export function dashboardHost(port: number): string {
  return new URL(`http://${dashboardHostName}:${port}`).host;
}
