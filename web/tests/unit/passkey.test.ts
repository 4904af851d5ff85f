import { expect, test } from 'vitest';
import { bytesOf, decode, encode, kindOf } from '../../src/lib/passkey';

test('base64url there and back, each length', () => {
  for (let length = 0; length < 20; length++) {
    const octets = Uint8Array.from({ length }, (_, n) => (n * 83 + 250) & 255);
    const text = encode(octets.buffer);
    expect(text).toMatch(/^[A-Za-z0-9_-]*$/);
    expect([...decode(text)]).toEqual([...octets]);
  }
  expect([...decode('-_8')]).toEqual([251, 255]);
});

test('the octets of options, and nothing else, are read', () => {
  const asked = bytesOf({ challenge: 'AQI', rpId: 'localhost', user: { id: 'Aw', name: 'sajang' }, excludeCredentials: [{ id: 'BA', type: 'public-key' }] });
  expect(asked).toEqual({ challenge: Uint8Array.of(1, 2), rpId: 'localhost', user: { id: Uint8Array.of(3), name: 'sajang' }, excludeCredentials: [{ id: Uint8Array.of(4), type: 'public-key' }] });
  expect(Object.keys(bytesOf({ challenge: 'AQI', allowCredentials: [] }))).toEqual(['challenge', 'allowCredentials']);
});

test.each([
  ['Mozilla/5.0 (Linux; Android 16; SM-S931N) AppleWebKit/537.36', 'Android'], ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)', 'iPhone'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64)', 'Windows'], ['something', null],
])('the kind of %s: %s', (agent, kind) => expect(kindOf(agent)).toBe(kind));
