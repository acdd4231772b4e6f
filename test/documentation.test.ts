import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { cdkProblems } from '../checks/commands/cdk';
import { pipeline } from '../lib/config/pipeline';
import { blocks, documented, type Documented } from '../checks/commands/documented';
import type { Known } from '../checks/commands/contents';
import { kubectlProblems } from '../checks/commands/kubectl';
import { documentedCommands, pages, problem } from '../checks/commands/pages';
import { scripts } from '../package.json';
import { citationProblem, citedByPage, citedBySource, sources, type Cited } from './cited';
import { objectsOf, sample } from './synth';

const ROOT = join(__dirname, '..');
const PAGES = pages();
const COMMANDS = documentedCommands();

/** Objects that add-ons and charts bring into a cluster. */
const STAND_INS = ['addons', 'charts'].flatMap((folder) =>
  readdirSync(join(ROOT, 'rehearsal', 'kubernetes', folder), { withFileTypes: true })
    .filter(({ name }) => name.endsWith('.yaml') && !name.endsWith('.schema.yaml') && name !== 'definitions.yaml')
    .flatMap(({ name }) => parseAllDocuments(readFileSync(join(ROOT, 'rehearsal', 'kubernetes', folder, name), 'utf8')))
    .map((document) => document.toJS() as Known),
);

/** Objects in the cluster of production. */
const inCluster = (): readonly Known[] => [...(objectsOf(sample('prod')) as readonly Known[]), ...STAND_INS];

const problemsOf = (program: string, check: (args: readonly string[]) => readonly string[]) =>
  COMMANDS.filter((command) => command.program === program).flatMap((command) =>
    check(command.args).map((text) => problem(command, text)),
  );

const wrong = (where: string, cited: readonly Cited[]) =>
  cited.flatMap((each) => citationProblem(each) ?? []).map((text) => `${where}: ${text}`);

describe('what is cited', () => {
  test('of pages, by messages and comments, is there: page, decision and heading', () => {
    const files = sources().map((file) => [file, citedBySource(readFileSync(join(ROOT, file), 'utf8'))] as const);
    expect(files.flatMap(([, cited]) => cited).filter(({ heading }) => heading !== undefined).length).toBeGreaterThan(
      1,
    );
    expect(files.flatMap(([file, cited]) => wrong(file, cited))).toEqual([]);
  });

  test('by pages is there: file, folder and heading', () => {
    expect(PAGES.flatMap(([page, text]) => wrong(page, citedByPage(page, text)))).toEqual([]);
  });

  test('of all pages, each by the list in docs/README.md', () => {
    const listed = readFileSync(join(ROOT, 'docs', 'README.md'), 'utf8');
    const names = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md') && name !== 'README.md');
    expect(names.filter((name) => !listed.includes(`](${name})`))).toEqual(['STYLE.md']); // CONTRIBUTING.md leads there
  });

  test.each([
    ['a page', "'Choose another one (docs/upgrades.md)'", 'there is no docs/upgrades.md'],
    ['a heading', "'See “Key of volumes” in docs/doctor.md'", 'docs/doctor.md has no heading Key of volumes'],
    ['an anchor', '// docs/rehearsal.md#update', 'docs/rehearsal.md has no heading update'],
    ['a decision', '/** So that nothing is held (docs/adr/0099). */', 'there is no docs/adr/0099'],
    ['the number of a decision', "'Nothing holds it (ADR 99)'", 'there is no docs/adr/0099'],
  ])('finds %s that is not there in a source', (_, text, told) => {
    expect(wrong('x.ts', citedBySource(text))).toEqual([`x.ts: ${told}`]);
  });

  test.each([
    ['a page', '[secrets](secret.md)', 'there is no docs/secret.md'],
    ['an anchor', '[secrets](secrets.md#nothing)', 'docs/secrets.md has no heading nothing'],
    ['an anchor of its own', '[below](#nothing)', 'docs/edge.md has no heading nothing'],
    ['a file', 'in `lib/config/production.ts`', 'there is no lib/config/production.ts'],
    ['a folder', 'what checks/command has', 'there is no checks/command'],
  ])('finds %s that is not there in a page', (_, text, told) => {
    expect(wrong('x', citedByPage('docs/edge.md', text))).toEqual([`x: ${told}`]);
  });
});

describe('the documentation', () => {
  test('says of each block what it is: what says nothing would be checked by nobody', () => {
    const silent = PAGES.flatMap(([page, text]) =>
      blocks(text)
        .filter(({ language }) => language === '')
        .map(({ line }) => `${page}:${line}`),
    );
    expect(silent).toEqual([]);
  });

  test('asks kubectl for what is in the cluster, where it is', () => {
    const objects = inCluster();
    expect(problemsOf('kubectl', (args) => kubectlProblems(args, objects))).toEqual([]);
  });

  test.each([
    [
      'a selector that selects nothing',
      'kubectl logs -n platform-core -l app=database-setup',
      /selects no pod of platform-core$/,
    ],
    ['no namespace', 'kubectl describe pod', /add -n NAMESPACE$/],
    ['a namespace that is not there', 'kubectl get pods -n platform-cor', /no namespace platform-cor$/],
    [
      'an object of another namespace',
      'kubectl -n platform-core logs deploy/frontend',
      /no Deployment frontend in platform-core$/,
    ],
    [
      'a list without those of other namespaces',
      'kubectl -n platform-core get targetgroupbindings',
      /of platform-\w+ is not in it/,
    ],
    ['a misspelt resource', 'kubectl get targetgroupbinds -A', /no resource targetgroupbinds$/],
    [
      'a container that no pod has',
      'kubectl -n platform-core logs deploy/api-gateway-blue -c gateway',
      /container gateway$/,
    ],
    [
      'a port that the Service does not have',
      'kubectl -n platform-monitoring port-forward svc/grafana 3001',
      /no port 3001$/,
    ],
    [
      'a service account that is not there',
      'kubectl auth can-i list pods -n platform-core --as system:serviceaccount:platform-core:prometheus',
      /no service account/,
    ],
    ['a verb that nobody has checked', 'kubectl rolout restart -n platform-core deploy/frontend', /not known/],
  ])('finds %s', (_, command, told) => {
    const [{ args }] = documented('page.md', `\`${command}\``) as [Documented];
    expect(kubectlProblems(args, inCluster())).toEqual([expect.stringMatching(told)]);
  });

  test.each([
    ['a stack that is not there', ['deploy', 'prod/Networks'], /no stack prod\/Networks$/],
    ['an option that is not there', ['destroy', '--all', '--require-aproval', 'never'], /no option --require-aproval$/],
    ['a key of context that is not there', ['deploy', '--all', '-c', 'enviroment=prod'], /no context enviroment$/],
    ['a command that is not there', ['syntesize'], /no command syntesize$/],
    ['a call that leaves open what to synthesize', ['bootstrap', 'aws://1/eu-west-1'], /add -c env=NAME$/],
  ])('finds, for the CDK, %s', (_, args, told) => {
    expect(cdkProblems(args, ['Network'], ['env'])).toContainEqual(expect.stringMatching(told));
  });

  test('looks for the pods of sites in every namespace that has one', () => {
    const runbook = PAGES.find(([page]) => page === 'docs/runbook.md')![1];
    for (const alarm of ['load-balancer-no-targets', 'load-balancer-unhealthy-targets']) {
      const [, section] = runbook.match(new RegExp(`### ${alarm}\\n([\\s\\S]*?)\\n##`))!;
      const asked = documented(alarm, section!).filter(({ program }) => program === 'kubectl');
      expect(asked.length).toBeGreaterThan(1);
      expect(asked.filter(({ args }) => args.some((word) => word.startsWith('platform-')))).toEqual([]);
    }
  });

  // Nobody's template has these interfaces and groups, so no rehearsal leaves any: only who reads the page knows them.
  test('says of all that makes interfaces in the VPC by itself how the VPC gets rid of them', () => {
    const [, section] = PAGES.find(([page]) => page === 'docs/teardown.md')![1].match(
      /## If it gets stuck\n([\s\S]*)/,
    )!;
    const shown: Readonly<Record<string, readonly string[]>> = {
      'AWS::CloudFront::VpcOrigin': ['CloudFront-VPCOrigins-Service-SG'],
      'AWS::EKS::Cluster': ['aws-K8S-', 'eks-cluster-sg-platform-ENV-'],
      'AWS::Lambda::Function': ['AWS Lambda VPC ENI-'],
    };
    const makers = sample('prod').stacks.flatMap(({ template }) =>
      Object.values<{ Type: string; Properties?: Record<string, unknown> }>(template.Resources)
        .filter(({ Type, Properties = {} }) =>
          Type === 'AWS::Lambda::Function' ? 'VpcConfig' in Properties : /::(Cluster|VpcOrigin)$/.test(Type),
        )
        .map(({ Type }) => Type),
    );
    expect([...new Set(makers)].toSorted()).toEqual(Object.keys(shown));
    const outside = ['GuardDutyManagedSecurityGroup-', 'describe-network-interfaces', 'delete-vpc-endpoints'];
    for (const text of [...Object.values(shown).flat(), ...outside])
      expect([text, section!.includes(text)]).toEqual([text, true]);
  });

  test('gives the CDK stacks, options and context that there are', () => {
    const stacks = sample('prod').stacks.map(({ hierarchicalId }) => hierarchicalId.split('/').at(-1)!);
    const stages = pipeline.stages.map(({ environment }) => `${environment}/*`);
    const context = ['env', 'pipeline', 'builds', 'deletionProtection', 'applyAgain', 'refresh'];
    expect(
      problemsOf('npx', ([program, ...args]) =>
        program === 'cdk' ? cdkProblems(args, [...stacks, 'Zones', 'Pipeline', 'Builds', ...stages], context) : [],
      ),
    ).toEqual([]);
  });

  test('runs scripts that there are', () => {
    const elsewhere = ['migrate']; // of the image of a service
    const known = new Set([...Object.keys(scripts), ...elsewhere]);
    expect(
      problemsOf('npm', ([first, ...rest]) => {
        const script = first === 'run' ? rest.find((word) => !word.startsWith('-')) : undefined;
        return script === undefined || known.has(script) ? [] : [`there is no script ${script}`];
      }),
    ).toEqual([]);
  });
});
