import * as fc from 'fast-check';
import type { EnvironmentConfig } from '../../lib/config/environment';
import { environment as environmentSchema } from '../../lib/config/schema/environment';
import { pipeline as pipelineSchema, type PipelineConfig } from '../../lib/config/schema/pipeline';
import { pipelineProblems, problems } from '../../lib/config/validation';
import { SAMPLES, WITH_EVERYTHING, WITH_GRAFANA } from '../../test/sample';
import { atLimits, inputs } from './inputs';
import { unreadable } from './unreadable';
import { environments, pipeline } from '../../test/fixtures';

const valid = [...environments, SAMPLES.prod, SAMPLES.dev, WITH_GRAFANA, WITH_EVERYTHING];

/** Problems that people cannot read, of a configuration with one number at an end of its range, or one beyond. */
export const unreadableAtLimits = (): readonly string[] =>
  atLimits(environmentSchema, [WITH_EVERYTHING]).flatMap((input) => unreadable(problems(input as EnvironmentConfig)));

const readable = (found: readonly string[]) => {
  const wrong = unreadable(found);
  if (wrong.length > 0) throw new Error(`people cannot read:\n${wrong.join('\n')}`);
};

/** Problems of any environment are found without an exception, and each is one that people can read. */
export const environmentProperty = (accepted: (config: EnvironmentConfig) => void = () => {}) =>
  fc.property(inputs(environmentSchema, valid), (input) => {
    const found = problems(input as EnvironmentConfig);
    readable(found);
    if (found.length === 0) accepted(input as EnvironmentConfig);
  });

/** The same of the pipeline. */
export const pipelineProperty = () =>
  fc.property(inputs(pipelineSchema, [pipeline]), (input) => readable(pipelineProblems(input as PipelineConfig)));
