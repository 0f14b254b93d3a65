/** `net.isIP()` and its sisters. @module */

const ipv4Form = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const ipv6Form = /^([0-9a-fA-F:.]+)(?:%.+)?$/;

/** Whether a text is an IPv4 address in dotted decimals. */
export function isIPv4(text: string): boolean {
  return ipv4Form.test(`${text}`);
}

/** Whether a text is an IPv6 address, with a zone or without. */
export function isIPv6(text: string): boolean {
  const address = ipv6Form.exec(`${text}`)?.[1];
  return address !== undefined && URL.canParse(`http://[${address}]`);
}

/** The family of an IP address, 4 or 6; 0 when it is none. */
export function isIP(text: string): 0 | 4 | 6 {
  if (isIPv4(text)) return 4;
  return isIPv6(text) ? 6 : 0;
}
