import { providerSchemas } from './schemas';

/** The effect of an update on a resource, as CloudFormation's registry has it. */
export type Verdict = 'replaced' | 'perhaps replaced' | 'changed';

type Properties = Readonly<Record<string, unknown>>;

/** The values at a path like `Budget/BudgetName`, where `*` is every item of a list. */
const values = (properties: unknown, [head, ...rest]: readonly string[]): readonly unknown[] => {
  if (head === undefined) return [properties];
  if (head === '*') return Array.isArray(properties) ? properties.flatMap((item) => values(item, rest)) : [];
  const value = (properties as Properties | undefined)?.[head];
  return value === undefined ? [] : values(value, rest);
};

const differ = (path: string, before: Properties, after: Properties): boolean =>
  JSON.stringify(values(before, path.split('/'))) !== JSON.stringify(values(after, path.split('/')));

/** The effect of a change of one property. Undefined: the extract of the registry lacks the type. */
export const propertyVerdict = (type: string, name: string, before: unknown, after: unknown): Verdict | undefined => {
  const schema = providerSchemas().types[type];
  if (!schema) return undefined;
  const [old, fresh] = [{ [name]: before }, { [name]: after }];
  const changes = (paths: readonly string[]) =>
    paths.some((path) => path.split('/')[0] === name && differ(path, old, fresh));
  if (changes(schema.createOnly)) return 'replaced';
  return changes(schema.conditionalCreateOnly) ? 'perhaps replaced' : 'changed';
};

/** A stack as it was deployed or will be. */
export interface StackTemplate {
  readonly name: string;
  readonly template: {
    readonly Resources?: Readonly<Record<string, { readonly Type: string; readonly Properties?: Properties }>>;
    readonly Outputs?: Readonly<
      Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>
    >;
  };
}

/** A resource that an update replaces, or may. */
export interface Replacement {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly verdict: Exclude<Verdict, 'changed'>;
  /** The properties for which it does. */
  readonly properties: readonly string[];
}

/** Resources that an update of templates replaces, and those that refer to them and are replaced in turn, across stacks too. */
export const replacements = (
  before: readonly StackTemplate[],
  after: readonly StackTemplate[],
): readonly Replacement[] => {
  let found: readonly Replacement[] = [];
  for (;;) {
    const next = after.flatMap((stack) =>
      inStack(
        before.find(({ name }) => name === stack.name),
        stack,
        after,
        found,
      ),
    );
    if (next.length === found.length) return next;
    found = next;
  }
};

/** Where an update did otherwise than the schemas say, a line each. */
export const surprises = (
  predicted: readonly Replacement[],
  replaced: readonly Pick<Replacement, 'stack' | 'logicalId' | 'type'>[],
): readonly string[] => {
  const among = (
    all: readonly Pick<Replacement, 'stack' | 'logicalId'>[],
    one: Pick<Replacement, 'stack' | 'logicalId'>,
  ) => all.some(({ stack, logicalId }) => stack === one.stack && logicalId === one.logicalId);
  return [
    ...predicted
      .filter((one) => one.verdict === 'replaced' && !among(replaced, one))
      .map(
        ({ stack, type, logicalId, properties }) =>
          `${type} ${logicalId} of ${stack} was not replaced, but CloudFormation replaces it when ${properties.join(', ')} changes`,
      ),
    ...replaced
      .filter((one) => !among(predicted, one))
      .map(({ stack, type, logicalId }) => `${type} ${logicalId} of ${stack} was replaced, although no schema says so`),
  ];
};

const inStack = (
  before: StackTemplate | undefined,
  stack: StackTemplate,
  after: readonly StackTemplate[],
  known: readonly Replacement[],
): readonly Replacement[] =>
  Object.entries(stack.template.Resources ?? {}).flatMap(([logicalId, { Type: type, Properties = {} }]) => {
    const old = before?.template.Resources?.[logicalId];
    if (old?.Type !== type) return [];
    const fresh = marked(Properties, stack.name, after, known) as Properties;
    const names = [...new Set([...Object.keys(old.Properties ?? {}), ...Object.keys(fresh)])];
    const of = (verdict: Verdict) =>
      names.filter((name) => propertyVerdict(type, name, old.Properties?.[name], fresh[name]) === verdict);
    for (const verdict of ['replaced', 'perhaps replaced'] as const) {
      const properties = of(verdict);
      if (properties.length > 0) return [{ stack: stack.name, logicalId, type, verdict, properties }];
    }
    return [];
  });

/** A value in which references to what is replaced are not what they were. */
const marked = (
  value: unknown,
  stack: string,
  after: readonly StackTemplate[],
  known: readonly Replacement[],
): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => marked(item, stack, after, known));
  const [[intrinsic, argument] = ['', undefined]] = Object.entries(value);
  const is = (id: unknown) =>
    known.some((one) => one.stack === stack && one.logicalId === id && one.verdict === 'replaced');
  if (intrinsic === 'Ref' && is(argument)) return { replaced: argument };
  if (intrinsic === 'Fn::GetAtt' && is((argument as readonly unknown[])[0])) return { replaced: argument };
  if (intrinsic === 'Fn::ImportValue')
    for (const { name, template } of after)
      for (const { Value, Export } of Object.values(template.Outputs ?? {}))
        if (Export?.Name === argument && JSON.stringify(marked(Value, name, after, known)) !== JSON.stringify(Value))
          return { replaced: argument };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, marked(item, stack, after, known)]));
};
