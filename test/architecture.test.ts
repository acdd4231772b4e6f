import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ENVIRONMENT_NAMES } from './fixtures';

const ROOT = join(__dirname, '..');

/** The layers, lowest first; a file may import its own layer and those below. Layers in one row do not see each other. */
const LAYERS = [
  ['lib/model/'],
  ['lib/config/'],
  ['lib/constructs/', 'lib/kubernetes/'],
  ['lib/stacks/'],
  ['lib/platform.ts', 'lib/policy.ts'],
  ['lib/pipeline/'],
  ['bin/'],
];

const sourcesOf = (folders: readonly string[]): readonly string[] =>
  folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );

const files = sourcesOf(['bin', 'doctor', 'lib', 'rehearsal', 'review']);

/** Files of the project that a file imports, relative to the root. */
const importsOf = (file: string): string[] =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(/(?:from|import|require)\s*\(?\s*['"](\.[^'"]*)['"]/g)].map(
    ([, path]) => {
      const target = relative(ROOT, resolve(ROOT, dirname(file), path!));
      return files.find((name) => name === `${target}.ts` || name === `${target}/index.ts`) ?? target;
    },
  );

/** What every command begins with; it knows nothing of what they do. */
const COMMAND_LINE = 'rehearsal/src/command-line.ts';

const row = (file: string) => LAYERS.findIndex((layer) => layer.some((prefix) => file.startsWith(prefix)));
const layer = (file: string) => LAYERS.flat().find((prefix) => file.startsWith(prefix));

describe('architecture', () => {
  test('every file of lib and bin belongs to a layer', () => {
    expect(files.filter((file) => !/^(doctor|rehearsal|review)\//.test(file) && row(file) < 0)).toEqual([]);
  });

  test('imports point to lower layers only', () => {
    const wrong = files
      .filter((file) => row(file) >= 0)
      .flatMap((file) => importsOf(file).map((target) => ({ file, target })))
      .filter(({ file, target }) => layer(file) !== layer(target) && row(target) >= row(file));
    expect(wrong).toEqual([]);
  });

  test('the rehearsal imports nothing of the app', () => {
    const wrong = files.filter(
      (file) => file.startsWith('rehearsal/') && importsOf(file).some((to) => !to.startsWith('rehearsal/')),
    );
    expect(wrong).toEqual([]);
  });

  test('the review knows what the app makes, not how', () => {
    const known = /^(lib\/(config\/(index|environment)|platform|policy)\.ts|(rehearsal|review)\/.*)$/;
    const wrong = files
      .filter((file) => file.startsWith('review/'))
      .flatMap(importsOf)
      .filter((to) => !known.test(to));
    expect(wrong).toEqual([]);
  });

  test('the doctor knows what an environment is, what it makes and what AWS says, not how', () => {
    const known =
      /^(rehearsal\/src\/command-line\.ts|lib\/(config\/(index|environment)|model\/edge-region|platform)\.ts|(doctor|rehearsal\/src\/provider)\/.*)$/;
    const wrong = files
      .filter((file) => file.startsWith('doctor/'))
      .flatMap(importsOf)
      .filter((to) => !known.test(to));
    expect(wrong).toEqual([]);
  });

  test('only its reader and what connects knows the AWS SDK', () => {
    const asking = files.filter(
      (file) => file.startsWith('doctor/') && /@aws-sdk|@smithy/.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(asking.filter((file) => !/^doctor\/(aws\.ts|facts\/)/.test(file))).toEqual([]);
  });

  test('nothing of the app imports the doctor, the rehearsal or the review', () => {
    const tools = /^(doctor|rehearsal|review)\//;
    expect(
      files.filter((file) => row(file) >= 0 && importsOf(file).some((to) => tools.test(to) && to !== COMMAND_LINE)),
    ).toEqual([]);
  });

  test('no file imports itself, through whatever others', () => {
    const reach = (file: string, seen = new Set<string>()): Set<string> => {
      for (const target of importsOf(file))
        if (target !== COMMAND_LINE && !seen.has(target)) reach(target, seen.add(target));
      return seen;
    };
    expect(files.filter((file) => reach(file).has(file))).toEqual([]);
  });

  test('no program lists the environments by heart', () => {
    const one = `(${ENVIRONMENT_NAMES.join('|')})`;
    const list = new RegExp(`\\b${one}(, | or | and )${one}\\b`);
    const programs = sourcesOf(['bin', 'checks', 'doctor', 'rehearsal', 'review']);
    expect(programs.filter((file) => list.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
  });

  test('below the configuration, nothing names a region or an environment', () => {
    const named = files
      .filter((file) => file.startsWith('lib/') && !/^lib\/(config|model)\//.test(file))
      .filter((file) =>
        /['"](ap|eu|us|sa|ca|me|af)-[a-z]+-\d|[!=]==? *['"](dev|staging|prod|development|production)['"]/.test(
          readFileSync(join(ROOT, file), 'utf8'),
        ),
      );
    expect(named).toEqual([]);
  });
});
