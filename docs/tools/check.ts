import { command } from '../../rehearsal/src/command-line';
import { GENERATED, isCurrent, nameOf } from './generated';
import { synthesizing } from './program';

const USAGE = `usage: npm run docs:check

Names the pages of docs, and the parts of pages, that are not what their data give, and fails if there are any.`;

void command({ usage: USAGE }, () =>
  synthesizing((synthesize) => {
    const old = GENERATED.filter((each) => !isCurrent(each, synthesize));
    for (const each of old) console.error(`${nameOf(each)} is not what its data give: run npm run docs:write`);
    return old.length > 0 ? 1 : 0;
  }),
);
