import * as z from 'zod/mini';
import { environment as schema } from '../../../lib/config/schema/environment';
import { problems } from '../../../lib/config/validation';
import { WITH_EVERYTHING } from '../../sample';

interface JsonSchema {
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | false;
}

/** Paths of the fields that may be absent: `cluster.nodeGroups.general.taints`. A `*` is any key or item. */
const optional = (of: JsonSchema, path: string): readonly string[] => [
  ...Object.entries(of.properties ?? {}).flatMap(([name, inner]) => [
    ...(of.required?.includes(name) ? [] : [`${path}.${name}`]),
    ...optional(inner, `${path}.${name}`),
  ]),
  ...(of.items ? optional(of.items, `${path}.*`) : []),
  ...(of.additionalProperties ? optional(of.additionalProperties, `${path}.*`) : []),
  ...(of.oneOf ?? []).flatMap((one) => optional(one, path)),
];

const isSet = (value: unknown, [key, ...rest]: readonly string[]): boolean => {
  if (value === undefined) return false;
  if (key === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  const inner = key === '*' ? Object.values(value) : [(value as Record<string, unknown>)[key]];
  return inner.some((one) => isSet(one, rest));
};

test('a configuration whose templates are tested has every field that may be absent', () => {
  const fields = optional(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as JsonSchema, '');
  expect(fields).toContain('.monitoring.notify.critical.slack');
  expect(fields.filter((path) => !isSet(WITH_EVERYTHING, path.slice(1).split('.')))).toEqual([]);
  expect(problems(WITH_EVERYTHING)).toEqual([]);
});
