import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FILE = `interface Point {
  readonly x: number;
}

class Origin implements Point {
  readonly x = 0;
}

const point: Point = new Origin();
throw new Error(String(point.x));
`;

test('an error names the line of the source, when the file is compiled and when it was before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'typescript-'));
  try {
    const file = join(folder, 'file.ts');
    writeFileSync(file, `// ${folder}\n${FILE}`); // which nothing has compiled before
    for (const _ of ['compiled', 'was before']) {
      const { stderr } = spawnSync(process.execPath, ['-r', './typescript.cjs', file], {
        cwd: join(__dirname, '..'),
        encoding: 'utf8',
      });
      expect(stderr).toContain(`Error: 0\n    at Object.<anonymous> (${file}:11:`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
