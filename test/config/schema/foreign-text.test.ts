import type { EnvironmentConfig } from '../../../lib/config/environment';
import { pipelineProblems, problems } from '../../../lib/config/validation';
import { WITH_EVERYTHING, WITH_GRAFANA } from '../../sample';
import { replaced } from '../../../checks/configuration/inputs';
import { pipeline } from '../../fixtures';

type Path = readonly string[];

/** Every text of a value. */
const textsOf = (value: unknown, path: Path = []): readonly Path[] =>
  typeof value === 'string'
    ? [path]
    : Object.entries(value ?? {}).flatMap(([key, inner]) => textsOf(inner, [...path, key]));

const CONFIG: EnvironmentConfig = {
  ...WITH_GRAFANA,
  extraNamespaces: [{ name: 'trials', team: 'qa', securityLevel: 'low', quota: WITH_GRAFANA.quotas['platform-apps'] }],
};

const withMore = <T>(value: T, path: Path, more: string): T => replaced(value, path, (text) => `${text}${more}`) as T;

test.each(['{{resolve:ssm:/somebody/else}}', '{{ .Values }}', '${Token[TOKEN.12]}', '#{Token[TOKEN.12]}'])(
  '%s is refused in every text',
  (more) => {
    const accepted = [
      ...textsOf(CONFIG).filter((path) => !refuses(problems(withMore(CONFIG, path, more)))),
      ...textsOf(pipeline).filter((path) => !refuses(pipelineProblems(withMore(pipeline, path, more)))),
    ];
    expect(accepted).toEqual([]);
  },
);

const refuses = (found: readonly string[]) =>
  found.some((problem) => /: write it without (\{\{|[#$]\{Token\[), because AWS/.test(problem));

test('it is refused in names that people give, too', () => {
  const { acme, ...others } = CONFIG.tenantRecord.tenants;
  expect(
    problems({
      ...CONFIG,
      tenantRecord: { ...CONFIG.tenantRecord, tenants: { ...others, 'acme{{resolve:ssm:x}}': acme! } },
    }),
  ).toEqual([
    expect.stringMatching(/tenantRecord.tenants.acme\{\{resolve:ssm:x\}\} is .*: write it without \{\{, because AWS/),
  ]);
});

test('what holds it is named', () => {
  const [acme] = CONFIG.tenants;
  expect(
    problems({ ...CONFIG, tenants: [{ ...acme!, name: 'Acme {{resolve:ssm:x}}' }, ...CONFIG.tenants.slice(1)] }),
  ).toEqual([
    'prod: tenants.acme.name is "Acme {{resolve:ssm:x}}": write it without {{, because AWS or the CDK replaces that with something else',
  ]);
});

test('a long text is quoted in short problems, whatever field holds it', () => {
  const long = textsOf(WITH_EVERYTHING).flatMap((path) =>
    problems(withMore(WITH_EVERYTHING, path, 'é'.repeat(5000))).filter((problem) => problem.length > 1000),
  );
  expect(long).toEqual([]);
});
