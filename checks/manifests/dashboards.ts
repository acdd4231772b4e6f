import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';

/** Problems of a value, each with its place. */
type Check = (value: unknown) => readonly string[];

/** A dashboard as Grafana reads it. */
interface Read {
  readonly title: string;
  readonly panels: readonly {
    readonly type: string;
    readonly title: string;
    readonly options?: unknown;
    readonly fieldConfig?: { readonly defaults: { readonly custom?: unknown } };
  }[];
}

/** Finds the parts of a dashboard that Grafana does not know. */
export type DashboardCheck = (dashboard: Read) => readonly string[];

const problems =
  (validate: ValidateFunction): Check =>
  (value) =>
    validate(value)
      ? []
      : validate.errors!.map(({ instancePath, message, params }) =>
          [instancePath || 'it', message, JSON.stringify(Object.values(params))].join(' '),
        );

/** Holds dashboards to the types that Grafana publishes of its own, in which every field is known and no other one passes. */
export const dashboardCheck = (): DashboardCheck => {
  const generator = createGenerator({
    path: join(__dirname, 'grafana-types.ts'),
    tsconfig: join(__dirname, '../../tsconfig.json'),
    skipTypeCheck: true,
    additionalProperties: false,
  });
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
  const known = new Map<string, Check>();
  const check = (name: string): Check => {
    if (!known.has(name)) known.set(name, problems(ajv.compile(generator.createSchema(name))));
    return known.get(name)!;
  };
  return ({ panels, ...dashboard }) => [
    ...check('dashboard')(dashboard).map((problem) => `${dashboard.title}: ${problem}`),
    ...panels.flatMap((panel) => {
      const custom = panel.fieldConfig?.defaults.custom;
      return [
        ...check(panel.type === 'row' ? 'row' : 'panel')(panel),
        ...(panel.type === 'row' ? [] : check(`${panel.type}Options`)(panel.options)),
        ...(custom === undefined ? [] : check(`${panel.type}Field`)(custom)),
      ].map((problem) => `${dashboard.title}, ${panel.title}: ${problem}`);
    }),
  ];
};
