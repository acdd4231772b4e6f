import { command } from '../../rehearsal/src/command-line';
import { GENERATED, isCurrent, nameOf, write } from './generated';
import { synthesizing } from './program';

const USAGE = `usage: npm run docs:write

Writes the pages of docs, and the parts of pages, that are made of data: ${GENERATED.map(nameOf).join('; ')}.`;

void command({ usage: USAGE }, () =>
  synthesizing((synthesize) => {
    for (const each of GENERATED.filter((one) => !isCurrent(one, synthesize))) {
      write(each, synthesize);
      console.log(`written: ${nameOf(each)}`);
    }
  }),
);
