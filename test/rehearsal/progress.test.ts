import { Steps } from '../../rehearsal/src/report/progress';

jest.mock('ora', () => ({
  __esModule: true,
  default: () => ({ start: () => ({ text: '', stopAndPersist: () => {} }) }),
}));

test('what goes on beside a step is told, also while the step itself says nothing', async () => {
  const lines: string[] = [];
  jest.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  const steps = new Steps();
  await steps.step('deploy', async (report) => {
    report('stack 1');
    await steps.beside('Kubernetes', async (tell) => {
      for (const percent of [1, 2, 3]) {
        now += 31_000;
        tell(`${percent} %`);
      }
    });
  });
  jest.restoreAllMocks();
  expect(lines.slice(0, 3)).toEqual(['  31 s: 1 %; stack 1', '  62 s: 2 %; stack 1', '  93 s: 3 %; stack 1']);
});
