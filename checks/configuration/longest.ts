import * as z from 'zod/mini';
import type { EnvironmentConfig } from '../../lib/config/environment';
import { environment } from '../../lib/config/schema/environment';
import { problems } from '../../lib/config/validation';
import { SAMPLES, WITH_EVERYTHING } from '../../test/sample';
import { isPlain, placesOf, replaced, type JsonSchema, type Path } from './inputs';

/** Characters beyond what any field takes, and beyond what one takes of which no pattern says it. */
const [BEYOND, WITHOUT_PATTERN] = [1100, 20];

/** Texts that rules across fields may refuse before a field stays as it is. */
const TRIES = 16;

/** `aaa…aaa.aaa.`, labels of a domain. */
const labels = (length: number): string =>
  Array.from({ length }, (_, i) => ((length - i) % 64 === 1 ? '.' : 'a')).join('');

/** How a text gets longer: at its end and its beginning, behind the first and before the last character, in labels, in its last part. */
const LONGER: readonly ((text: string, by: number) => string)[] = [
  (text, by) => text + 'a'.repeat(by),
  (text, by) => text + 'A'.repeat(by),
  (text, by) => text + '0'.repeat(by),
  (text, by) => 'a'.repeat(by) + text,
  (text, by) => text.slice(0, 1) + 'a'.repeat(by) + text.slice(1),
  (text, by) => text.slice(0, -1) + 'a'.repeat(by) + text.slice(-1),
  (text, by) => labels(by) + text,
];

/** The text in place of another one wherever that stands, as the name of a field too, and of a domain in the names below it. */
const renamed = (value: unknown, from: string, to: string): unknown => {
  const text = (old: string) => (old === from || old.endsWith(`.${from}`) ? old.slice(0, -from.length) + to : old);
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((inner) => renamed(inner, from, to));
  return isPlain(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [text(key), renamed(inner, from, to)]))
    : value;
};

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => (isPlain(inner) ? inner[key] : undefined), value);

/** Longer texts of a field, the longest first, that its pattern takes. */
const candidates = (text: string, { pattern, maxLength = BEYOND }: JsonSchema): readonly string[] => {
  const taken = pattern === undefined ? /^/ : new RegExp(pattern, pattern.includes('\\p{') ? 'u' : '');
  const most = Math.min(maxLength - text.length, pattern === undefined ? WITHOUT_PATTERN : BEYOND);
  return Array.from({ length: Math.max(0, most) }, (_, i) => most - i)
    .flatMap((by) => LONGER.map((longer) => longer(text, by)))
    .filter((longer) => taken.test(longer));
};

/** With every text that there can be. */
const WITH_TEXTS: EnvironmentConfig = {
  ...WITH_EVERYTHING,
  cluster: { ...WITH_EVERYTHING.cluster, publicEndpointCidrs: ['203.0.114.0/24'] },
  extraNamespaces: [{ name: 'trials', team: 'qa', securityLevel: 'low', quota: SAMPLES.prod.quotas['platform-apps'] }],
  domain: {
    ...WITH_EVERYTHING.domain!,
    hosts: { ...WITH_EVERYTHING.domain!.hosts, apiAliases: ['v2.api.platform.example'] },
  },
};

const accepts = (config: EnvironmentConfig) => problems(config).length === 0;

/**
 * A configuration whose texts are as long as validation takes them: one after the other, the first or the last ones first, because some
 * leave less to others.
 */
export const longest = (order: 'first' | 'last'): EnvironmentConfig => {
  const places = placesOf(WITH_TEXTS, z.toJSONSchema(environment) as JsonSchema).filter(
    ({ schema }) => schema.type === 'string' && !schema.enum,
  );
  return (order === 'first' ? places : places.toReversed()).reduce<EnvironmentConfig>((current, { path, schema }) => {
    const text = at(current, path);
    if (typeof text !== 'string') return current;
    const changed = [
      (to: string) => renamed(current, text, to),
      (to: string) => replaced(current, path, () => to),
    ] as readonly ((to: string) => EnvironmentConfig)[];
    const longer = candidates(text, schema).slice(0, TRIES);
    for (const change of changed) {
      const found = longer.find((to) => accepts(change(to)));
      if (found !== undefined) return change(found);
    }
    return current;
  }, WITH_TEXTS);
};

/** Length of each text, by its field. */
export const lengths = (value: unknown, path = ''): Readonly<Record<string, number>> =>
  typeof value === 'string'
    ? { [path]: value.length }
    : isPlain(value)
      ? Object.assign(
          {},
          ...Object.entries(value).map(([key, inner]) => lengths(inner, (path && `${path}.${key}`) || key)),
        )
      : {};
