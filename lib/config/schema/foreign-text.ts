/** A text of the configuration, or the name of a field, that others would read between the lines. */
export interface ForeignText {
  readonly path: readonly PropertyKey[];
  readonly fix: string;
}

/**
 * CloudFormation puts the value of a secret or a parameter in place of `{{resolve:…}}`, wherever it stands
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html), the CDK a value of its own in place of
 * `${Token[…]}` and `#{Token[…]}`. Prometheus, Alertmanager and Grafana read `{{` as a template.
 */
const FOREIGN = /\{\{|[$#]\{Token\[/;

/** Deeper than any field is: a value there is in no field, and refused for that. */
const DEEPEST = 12;

/** Every such text of a value, at whatever depth. */
export const foreignText = (value: unknown, path: readonly PropertyKey[] = []): readonly ForeignText[] => {
  if (typeof value === 'string') return foreign(value, path);
  if (typeof value !== 'object' || value === null || path.length === DEEPEST) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    return [...foreign(key, here), ...foreignText(inner, here)];
  });
};

const foreign = (text: string, path: readonly PropertyKey[]): readonly ForeignText[] => {
  if (text === '__proto__') return [{ path, fix: 'remove it, because an object cannot have a field of this name' }];
  const [found] = FOREIGN.exec(text) ?? [];
  return found === undefined
    ? []
    : [{ path, fix: `write it without ${found}, because AWS or the CDK replaces that with something else` }];
};
