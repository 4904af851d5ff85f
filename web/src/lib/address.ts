/**
 * The console's own address of a record. Digests and notices name records by `/bookings/ID`, `/orders/ID` and `/messages/ID`;
 * what has no page of its own is found in its list.
 */
export function inConsole(address: string): string {
  const url = new URL(address, 'https://console.invalid');
  const record = /^\/(bookings|orders|messages)\/([^/]+)\/?$/.exec(url.pathname);
  if (record) {
    url.pathname = `/${record[1]}`;
    if (record[1] === 'bookings') url.searchParams.set('booking', decodeURI(record[2]!));
  }
  return url.pathname + url.search + url.hash;
}
