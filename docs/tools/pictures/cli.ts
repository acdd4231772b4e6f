import { command } from '../../../rehearsal/src/command-line';
import { interruption } from '../../../rehearsal/src/process';
import { draw } from './draw';

void command({ usage: 'usage: npm run pictures\n\nDraws the dashboards into docs/dashboards.' }, async ({ signal }) => {
  const count = await draw(signal).catch((error) => {
    throw signal.aborted ? interruption(signal) : error;
  });
  console.log(`${count} pictures in docs/dashboards`);
});
