import * as fc from 'fast-check';
import * as z from 'zod/mini';

/** The part of JSON Schema that the schemas of the configuration use. */
export interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | false;
}

export type Path = readonly (string | number)[];
type Plain = Record<PropertyKey, unknown>;

export const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null;

/** Values that no field has, and those that are one beside what it has. */
const JUNK: readonly unknown[] = [
  [undefined, null, true, NaN, Infinity, -0, -1, 0, 0.5, 1, 1.36, 450, 1e6, 2 ** 53, 1e308, 5n, Symbol('s')],
  ['', ' ', 'x', '\n', '1', '8', '8.4', '8.4.9.9', 'constructor', '__proto__', 'toString', 'é'.repeat(5000), 'a\nb'],
  ['db.z1d.large', 'm5.0xlarge', 'm5.99999999xlarge', '10.0.0.0/33', '::/0', '0.0.0.0/0', 'us-east-1', 'il-central-1'],
  ['{{resolve:secretsmanager:x}}', '${Token[TOKEN.1]}', '99999999999999999999Ti', '0.001', 'platform-core'],
  [[], {}, [[]], [undefined], [null], Array(3), () => 1, new Date(0), new Map(), /x/, Object.create(null)],
  [
    JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}'),
    JSON.parse(`${'['.repeat(3000)}${']'.repeat(3000)}`),
    Array.from({ length: 2000 }, () => 'x'),
  ],
].flat();

/** Texts as fields have them, in and out of their place. */
const textsOf = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : isPlain(value) ? Object.values(value).flatMap(textsOf) : [];

/** Values for a schema: of its type, and often within its limits. */
const typed = (schema: JsonSchema, texts: readonly string[]): fc.Arbitrary<unknown> => {
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map((one) => typed(one, texts)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: schema.minimum! - 1, max: schema.maximum! + 1 });
    case 'number':
      return fc.oneof(fc.integer({ min: -1, max: 500 }), fc.constantFrom(1, 3, 30, 90, 365, 1000, 65536), fc.double());
    case 'string': {
      const matching =
        schema.pattern && !/\(\?|\\p/.test(schema.pattern) ? [fc.stringMatching(new RegExp(schema.pattern))] : [];
      return fc.oneof(fc.constantFrom(...texts), fc.string(), ...matching);
    }
    case 'array':
      return fc.array(typed(schema.items!, texts), { maxLength: 6 });
    default:
      return schema.additionalProperties
        ? fc.dictionary(fc.constantFrom(...texts), typed(schema.additionalProperties, texts), { maxKeys: 4 })
        : fc.record(
            Object.fromEntries(Object.entries(schema.properties!).map(([name, one]) => [name, typed(one, texts)])),
            { requiredKeys: [...schema.required!] },
          );
  }
};

/** Every place of a value, with the schema of what is there. */
export const placesOf = (
  value: unknown,
  schema: JsonSchema,
  path: Path = [],
): readonly { path: Path; schema: JsonSchema }[] => [
  { path, schema },
  ...(Array.isArray(value)
    ? value.flatMap((inner, i) => placesOf(inner, schema.items!, [...path, i]))
    : isPlain(value) && schema.properties
      ? Object.entries(schema.properties).flatMap(([key, inner]) => placesOf(value[key], inner, [...path, key]))
      : []),
];

/** A copy with another value at a place. */
export const replaced = (value: unknown, [key, ...rest]: Path, change: (value: unknown) => unknown): unknown => {
  if (key === undefined) return change(value);
  if (!isPlain(value)) return value;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Plain;
  copy[key] = replaced(copy[key], rest, change);
  return copy;
};

const withoutSome = (value: unknown, at: number): unknown => {
  if (Array.isArray(value)) return value.toSpliced(at % (value.length + 1), 1);
  if (!isPlain(value)) return undefined;
  const { [Object.keys(value)[at % Math.max(1, Object.keys(value).length)] ?? '']: _, ...rest } = value as Record<
    string,
    unknown
  >;
  return rest;
};

const withMore = (value: unknown, key: string, inner: unknown): unknown => {
  if (Array.isArray(value)) return [...value, inner, value[0]];
  if (!isPlain(value)) return [value];
  return Object.defineProperty({ ...value }, key, { value: inner, enumerable: true }); // `__proto__`, too, becomes a field
};

/** A key one letter away from one that is there. */
const misspelt = fc.constantFrom(
  'autoscalling',
  'natGateway',
  'Account',
  'tennants',
  '__proto__',
  'constructor',
  '',
  'then',
  '0',
);

/** Valid configurations in which one whole number is the least or the most that its schema takes, or one beyond. */
export const atLimits = (type: z.core.$ZodType, valid: readonly unknown[]): readonly unknown[] => {
  const schema = z.toJSONSchema(type) as JsonSchema;
  return valid.flatMap((value) =>
    placesOf(value, schema).flatMap(({ path, schema: { type: kind, minimum, maximum } }) =>
      kind === 'integer'
        ? [minimum! - 1, minimum!, maximum!, maximum! + 1].map((number) => replaced(value, path, () => number))
        : [],
    ),
  );
};

/** Configurations of a schema: each a valid one with some changes, of a type, within limits, or beyond all. */
export const inputs = (type: z.core.$ZodType, valid: readonly unknown[]): fc.Arbitrary<unknown> => {
  const schema = z.toJSONSchema(type) as JsonSchema;
  const texts = [...new Set(valid.flatMap(textsOf))];
  const cases = valid.map((value) => ({ value, places: placesOf(value, schema) }));
  const junk = fc.oneof(fc.constantFrom(...JUNK), fc.anything({ maxDepth: 2 }));
  const change = fc.constantFrom(...cases).chain(({ value, places }) =>
    fc
      .array(
        fc.constantFrom(...places).chain((place) =>
          fc
            .oneof(
              { weight: 4, arbitrary: typed(place.schema, texts).map((one) => () => one) },
              { weight: 2, arbitrary: junk.map((one) => () => one) },
              { weight: 1, arbitrary: fc.nat(20).map((at) => (old: unknown) => withoutSome(old, at)) },
              {
                weight: 1,
                arbitrary: fc.tuple(misspelt, junk).map(
                  ([key, one]) =>
                    (old: unknown) =>
                      withMore(old, key, one),
                ),
              },
            )
            .map((how) => ({ path: place.path, how })),
        ),
        { minLength: 1, maxLength: 4 },
      )
      .map((changes) => changes.reduce<unknown>((config, { path, how }) => replaced(config, path, how), value)),
  );
  return change;
};
