import { particle } from './particle';

export type Values = Record<string, string | number>;

/**
 * Fills `{name}` in a text of the wording files; `{name:을}` adds the Korean particle that fits;
 * `{n|one call|{n} calls}` picks by number (one or not).
 */
export function fill(text: string, values: Values = {}): string {
  return text
    .replace(/\{(\w+)\|([^|{}]*)\|((?:[^{}]|\{\w+\})*)\}/g, (_, name: string, one: string, many: string) =>
      values[name] === 1 ? one : many,
    )
    .replace(/\{(\w+)(?::([^}]+))?\}/g, (whole, name: string, kind?: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      return kind ? `${value}${particle(String(value), kind)}` : String(value);
    });
}
