import { interruption } from '../../rehearsal/process';
import { draw } from './draw';

const abort = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => abort.abort());

draw(abort.signal)
  .then((count) => console.log(`${count} pictures in docs/dashboards`))
  .catch((error: Error) => {
    console.error(abort.signal.aborted ? interruption(abort.signal).message : error.message);
    process.exitCode = 1;
  });
