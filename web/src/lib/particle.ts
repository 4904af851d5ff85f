/** Korean particles that depend on the last sound of the word before: 은/는, 이/가, 을/를, 과/와, 으로/로. */

const PAIRS: Record<string, [closed: string, open: string]> = {
  은: ['은', '는'],
  이: ['이', '가'],
  을: ['을', '를'],
  과: ['과', '와'],
  으로: ['으로', '로'],
};

/** How a digit ends when it is read (영, 일, 이, …): the index of its final consonant, 0 for none, 8 for ㄹ. */
const DIGITS = [21, 8, 0, 16, 0, 0, 1, 8, 8, 0];

/** The final consonant of the last syllable: 0 for none, 8 for ㄹ; `null` if it cannot be told (Latin letters). */
function finalOf(word: string): number | null {
  const last = [...word.trimEnd()].findLast((c) => /[\p{L}\p{N}]/u.test(c));
  if (last === undefined) return null;
  const code = last.codePointAt(0) ?? 0;
  if (code >= 0xac00 && code <= 0xd7a3) return (code - 0xac00) % 28;
  return /[0-9]/.test(last) ? (DIGITS[Number(last)] ?? null) : null;
}

/** The particle's right form after `word`; both forms, "을(를)", where the word's sound cannot be told. */
export function particle(word: string, kind: string): string {
  const pair = PAIRS[kind];
  if (!pair) return kind;
  const final = finalOf(word);
  if (final === null) return kind === '으로' ? '(으)로' : `${pair[0]}(${pair[1]})`;
  const closed = final !== 0 && !(kind === '으로' && final === 8);
  return closed ? pair[0] : pair[1];
}
