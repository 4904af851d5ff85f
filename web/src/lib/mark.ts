/** A random name of 32 hexadecimal digits, for `Idempotency-Key`. Not `crypto.randomUUID`: that one is missing on plain HTTP in a shop's own network. */
export function mark(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((octet) => octet.toString(16).padStart(2, '0')).join('');
}
