import { GENERATED, isCurrent, nameOf } from '../docs/tools/generated';
import { once, onceBuilds, oncePipeline } from './synth';

test.each(GENERATED.map((each) => [nameOf(each), each] as const))(
  '%s is what its data give: else run `npm run docs:write`',
  (__, generated) => {
    expect(isCurrent(generated, { environment: once, pipeline: oncePipeline, builds: onceBuilds })).toBe(true);
  },
);
