import type { Secret } from './vault';

/** A value that only those may see who read the secret. */
export interface SecretValue {
  /** Name of the secret. */
  readonly secret: string;
  readonly value: string;
}

/** The secrets of which a text holds a value. */
export interface Matcher {
  (text: Buffer): readonly string[];
  /** Every form in which a value may be written. */
  readonly forms: readonly string[];
}

/** Shorter ones are found by chance. */
const SHORTEST = 8;

/** Keys of a secret in JSON that say where and as whom to log in. */
const PUBLIC_KEYS = new Set([
  'username',
  'user',
  'host',
  'port',
  'engine',
  'dbname',
  'database',
  'dbInstanceIdentifier',
  'dbClusterIdentifier',
  'masterarn',
  'ssl',
]);

/** The values of all versions of secrets; one in JSON is taken apart, and what is public in it left out. */
export const secretValues = (secrets: readonly Secret[]): readonly SecretValue[] =>
  secrets.flatMap(({ name, versions }) => {
    const values = versions.flatMap(({ value }) => (value === null ? [] : parts(value)));
    return [...new Set(values)].filter(({ length }) => length >= SHORTEST).map((value) => ({ secret: name, value }));
  });

const parts = (text: string): readonly string[] => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? strings(value) : [text];
  } catch {
    return [text];
  }
};

/** The strings at every depth of a value in JSON. */
const strings = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => (PUBLIC_KEYS.has(key) ? [] : strings(item)));
};

/** Finds values in bytes: as they are, escaped for JSON, XML or a URL, and in Base64, wherever they begin in it. */
export const matcher = (values: readonly SecretValue[]): Matcher => {
  const byStart = new Map<number, { secret: string; bytes: Buffer }[]>();
  const all = new Set<string>();
  for (const { secret, value } of values)
    for (const form of forms(value)) {
      all.add(form);
      const bytes = Buffer.from(form);
      const start = bytes.readUIntBE(0, 3);
      byStart.set(start, [...(byStart.get(start) ?? []), { secret, bytes }]);
    }
  const starts = new Uint8Array(1 << 24); // of three bytes: a look into it for each byte is all that most files take
  for (const start of byStart.keys()) starts[start] = 1;

  const find = (text: Buffer) => {
    const found = new Set<string>();
    let last = 0;
    for (let index = 0; index < text.length; index++) {
      last = ((last << 8) | (text[index] ?? 0)) & 0xffffff;
      if (starts[last] === 0 || index < 2) continue;
      for (const { secret, bytes } of byStart.get(last) ?? [])
        if (text.subarray(index - 2, index - 2 + bytes.length).equals(bytes)) found.add(secret);
    }
    return [...found];
  };
  return Object.assign(find, { forms: [...all] });
};

/** How a value may be written. */
const forms = (value: string): ReadonlySet<string> => {
  const json = JSON.stringify(value).slice(1, -1);
  const url = encodeURIComponent(value);
  const strict = url.replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams([['', value]]).toString().slice(1);
  const base64 = [0, 1, 2].map((before) => base64After(value, before));
  const xml = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return new Set([
    value,
    json,
    JSON.stringify(json).slice(1, -1),
    xml,
    xml.replaceAll('"', '&quot;'),
    ...[url, strict, form].flatMap((text) => [text, lower(text)]),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ]);
};

/** Escapes of a URL in small letters. */
const lower = (text: string): string => text.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());

/** The characters of Base64 that a value alone decides when that many bytes (0 to 2) come before it. */
const base64After = (value: string, before: number): string => {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
  return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
};
