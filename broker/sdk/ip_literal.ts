/** What is an IP address, as text, without a library. @module */

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/** The canonical form of an IPv6 address (RFC 5952); null for what is none. */
export function canonicalIpv6(text: string): string | null {
  if (!/^[0-9a-f:.]+$/i.test(text) || !text.includes(":")) return null;
  const { hostname } = URL.parse(`http://[${text}]/`) ?? { hostname: null };
  return hostname && hostname.slice(1, -1);
}

/** Whether a text is an IPv4 address of four decimal parts, or an IPv6 address without brackets or zone. */
export function isIpLiteral(text: string): boolean {
  return ipv4.test(text) || canonicalIpv6(text) !== null;
}
