import { readFileSync, writeFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { cached, digest } from '../../../rehearsal/src/cache';
import { run } from '../../../rehearsal/src/process';
import { clusterSeries } from './samples/cluster';
import { dataSeries } from './samples/data';
import { serviceSeries } from './samples/services';
import { MINUTES, START } from './samples/time';

/** A query to Prometheus, over time or as it is at the end. */
export interface Question {
  readonly expr: string;
  readonly instant: boolean;
}

/** A series of an answer. */
export interface Answered {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [at: number, value: number])[];
}

/** Minutes over which queries are answered, the six hours that dashboards look back, and seconds between two values. */
const SHOWN = 360;
const STEP = 300;

const FOLDER = join(__dirname, '../../../checks/prometheus');

/** The program that answers, of the version of Prometheus that is deployed. Built once. */
const program = async (signal: AbortSignal): Promise<string> => {
  const sources = ['go.mod', 'go.sum', 'answers/main.go'].map((file) => readFileSync(join(FOLDER, file), 'utf8'));
  const folder = await cached(
    `prometheus-answers-${digest(...sources, platform(), arch())}`,
    async (target) => {
      const tags = 'remove_all_sd,enable_kubernetes_sd';
      const args = ['build', '-trimpath', '-buildvcs=false', '-tags', tags, '-o', `${target}/`, './answers'];
      await run('go', args, { cwd: FOLDER, signal }).catch((error) => {
        throw error.code === 'ENOENT'
          ? new Error('the query engine is built with Go: install Go 1.26 or newer')
          : error;
      });
    },
    signal,
  );
  return join(folder, 'answers');
};

const at = (minute: number): string => new Date(START + minute * 60_000).toISOString();

/** The answer of Prometheus to each question, with the rules of a file, on the sample morning. */
export const answers = async (
  questions: readonly Question[],
  rules: string,
  folder: string,
  signal: AbortSignal,
): Promise<readonly (readonly Answered[])[]> => {
  const [rulesFile, file] = [join(folder, 'rules.yml'), join(folder, 'questions.json')];
  writeFileSync(rulesFile, rules);
  writeFileSync(
    file,
    JSON.stringify({
      series: [...serviceSeries(), ...clusterSeries(), ...dataSeries()],
      rules: rulesFile,
      start: at(0),
      from: at(MINUTES - SHOWN),
      to: at(MINUTES),
      seconds: STEP,
      queries: questions,
    }),
  );
  return JSON.parse(await run(await program(signal), [file], { signal }));
};
