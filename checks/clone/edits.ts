import type { EnvironmentConfig } from '../../lib/config/environment';

/** Each digit of an account is another one. */
const otherAccount = (account: string) => account.replaceAll(/\d/g, (digit) => `${(Number(digit) + 4) % 10}`);

/** The text of a configuration with other accounts, regions, domains and an owner of another name. */
export const withOtherValues = (text: string, { region, recovery, domain, tags }: EnvironmentConfig): string => {
  const domains = (domain?.zones ?? []).map(({ name }) => name.split('.').slice(-2).join('.'));
  const others: Readonly<Record<string, string>> = {
    [region]: 'eu-central-1',
    ...(recovery && { [recovery.region]: 'eu-west-1' }),
    [tags.owner]: 'sre',
    ...Object.fromEntries(domains.map((name) => [name, `${name.replace('.', '-')}.example`])),
  };
  const known = new RegExp(
    Object.keys(others)
      .map((value) => value.replaceAll(/[^\w-]/g, '\\$&'))
      .join('|'),
    'g',
  );
  return text.replaceAll(known, (value) => others[value]!).replaceAll(/\b\d{12}\b/g, otherAccount);
};

const NAME = 'added-service';

/** Where files list services, and what the entry of one more is. */
const ENTRIES: readonly (readonly [list: RegExp, entry: string])[] = [
  [/SERVICE_NAMES = \[/, `'${NAME}', `],
  [
    /SERVICE_RESOURCES: .* = \{/,
    `'${NAME}': { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '100m', memory: '128Mi' } },`,
  ],
  [
    /SERVICES: Readonly<Record<ServiceName, ServiceDefinition>> = \{/,
    `'${NAME}': { ...MICROSERVICE, database: 'added' },`,
  ],
  [/^ {2}builds: \{/m, `'${NAME}': example,`],
  [/^ {2}services: \{/m, `'${NAME}': { replicas: 2, resources: SERVICE_RESOURCES['${NAME}'] },`],
];

/** The text of the releases of an environment with that of one more service. */
export const withRelease = (text: string): string => {
  const releases: Readonly<Record<string, unknown>> = JSON.parse(text);
  return JSON.stringify({ ...releases, [NAME]: { tag: '2.1.0', digest: `sha256:${'a'.repeat(64)}` } }, undefined, 2);
};

/** The text of a file of the model or of an environment with one more service in each of its lists. */
export const withService = (text: string): string =>
  ENTRIES.reduce((all, [list, entry]) => all.replace(list, (found) => `${found}${entry}`), text);
