import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT_NAMES } from './fixtures';

const ROOT = join(__dirname, '..');

const sourcesOf = (folders: readonly string[], ending = '.ts'): readonly string[] =>
  folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending))
      .map((name) => join(folder, name)),
  );

const linesOf = (file: string) => readFileSync(join(ROOT, file), 'utf8').trimEnd().split('\n').length;

// `.dependency-cruiser.cjs` has the layers, and what each folder may import.
describe('architecture', () => {
  test('no program lists the environments by heart', () => {
    const one = `(${ENVIRONMENT_NAMES.join('|')})`;
    const list = new RegExp(`\\b${one}(, | or | and )${one}\\b`);
    const programs = sourcesOf(['bin', 'checks', 'doctor', 'rehearsal', 'review']);
    expect(programs.filter((file) => list.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
  });

  // `max-lines` in .oxlintrc.json holds the same for TypeScript; ruff 0.17 has no such rule.
  test('no Python file has more than 300 lines', () => {
    const files = sourcesOf(['checks', 'lib', 'rehearsal/aws'], '.py');
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter((file) => linesOf(file) > 300)).toEqual([]);
  });

  test('below the configuration, nothing names a region or an environment', () => {
    const named = sourcesOf(['lib'])
      .filter((file) => !/^lib\/(config|model)\//.test(file))
      .filter((file) =>
        /['"](ap|eu|us|sa|ca|me|af)-[a-z]+-\d|[!=]==? *['"](dev|staging|prod|development|production)['"]/.test(
          readFileSync(join(ROOT, file), 'utf8'),
        ),
      );
    expect(named).toEqual([]);
  });
});
