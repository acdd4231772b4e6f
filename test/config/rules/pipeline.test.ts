import { pipelineProblems } from '../../../lib/config/validation';
import { pipeline } from '../../fixtures';

test.each([
  ['an account that is none', { ...pipeline, account: '1' }, /^pipeline: account is "1"/],
  ['a repository without its owner', { ...pipeline, repository: 'platform' }, /repository is "platform"/],
  ['a connection of another account', { ...pipeline, account: '555555555555' }, /connectionArn is .*:555555555555:/],
  [
    'an environment named twice',
    { ...pipeline, stages: [...pipeline.stages, ...pipeline.stages] },
    /stages repeats an environment/,
  ],
  ['nobody who hears of a failure', { ...pipeline, notifyEmails: [] }, /notifyEmails is empty/],
  ['an address that is none', { ...pipeline, notifyEmails: ['us'] }, /notifyEmails has "us"/],
  ['no environment', { ...pipeline, stages: [] }, /stages is empty/],
] as const)('refuses a pipeline with %s', (_, config, message) => {
  expect(pipelineProblems(config)).toContainEqual(expect.stringMatching(message));
});

test('the pipeline has no problem', () => {
  expect(pipelineProblems(pipeline)).toEqual([]);
});
