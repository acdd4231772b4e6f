import { constructPath, type Json, type Stack } from './assembly';

/**
 * A word for a value that only a deployment knows: `mysql.primary.endpoint.address.invalid`.
 *
 * It is a host name, because that is valid wherever a manifest has such a value: as a host, in the name of an image, as a label, in
 * JSON within JSON. Names below `.invalid` never resolve: a manifest that is applied by mistake reaches nobody.
 */
export const placeholder = (...path: readonly string[]): string => {
  const parts = path.flatMap((part) => part.split(/[/.]|::/)).map(kebab);
  return [...parts.filter((part, at) => part !== '' && part !== parts[at - 1]), 'invalid'].join('.');
};

/** `ConfigurationEndPoint` is `configuration-end-point`. */
const kebab = (name: string) =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

/** Surround a placeholder in text; no template has these characters. */
const OPEN = '\uE000';
const CLOSE = '\uE001';

const marked = (...path: readonly string[]) => `${OPEN}${placeholder(...path)}${CLOSE}`;

/** Writes down values of a stack's template as text, with a placeholder for what only a deployment knows. */
export const writer = (stacks: readonly Stack[]) => {
  const exported = new Map(
    stacks.flatMap((stack) =>
      Object.values(stack.template.Outputs ?? {}).map(({ Value, Export }) => [Export?.Name, { stack, Value }] as const),
    ),
  );

  const text = (stack: Stack, value: Json): string => {
    const named = (id: string, ...attribute: string[]) =>
      id.startsWith('AWS::')
        ? marked(id)
        : marked(stack.path.split('/').at(-1)!, constructPath(stack, id), ...attribute);
    if (typeof value !== 'object' || value === null) return `${value}`;
    const [[name = '', of] = []] = Object.entries<Json>(value);
    switch (name) {
      case 'Ref':
        return named(of);
      case 'Fn::GetAtt': {
        const [id, ...attribute] = typeof of === 'string' ? of.split('.') : of;
        return named(id, ...attribute);
      }
      case 'Fn::ImportValue': {
        const source = exported.get(of);
        return source ? text(source.stack, source.Value) : marked(words(of));
      }
      case 'Fn::Join':
        return Array.isArray(of[1]) ? of[1].map((part: Json) => text(stack, part)).join(of[0]) : marked(words(value));
      default:
        return marked(words(value));
    }
  };
  return text;
};

/** All that an expression says, for want of a better name. */
const words = (value: Json): string =>
  typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([key, inner]) => (Array.isArray(value) ? words(inner) : `${key.replace('Fn::', '')}/${words(inner)}`))
        .join('/')
    : `${value}`;

/** Parses JSON from a writer. A placeholder that stands for a whole value, such as a number, becomes a string. */
export const parseWritten = (json: string): Json =>
  JSON.parse(
    unmarked(
      json.replaceAll(/"(?:[^"\\]|\\.)*"|\uE000([^\uE001]*)\uE001/g, (match, value) =>
        value === undefined ? match : `"${value}"`,
      ),
    ),
  );

/** Text of a writer, for people. */
export const unmarked = (text: string): string => text.replaceAll(/[\uE000\uE001]/g, '');
