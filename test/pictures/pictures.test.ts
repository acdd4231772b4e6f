import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { docs } from '../../docs/tools/markdown';
import { definitions, deployed, FOLDER } from '../../docs/tools/pictures/dashboards';
import { fingerprint } from '../../docs/tools/pictures/panel';

/** The fingerprint in a picture of the definition that it was drawn from. */
const drawnFrom = (file: string) => /<metadata>(.*)<\/metadata>/.exec(readFileSync(join(FOLDER, file), 'utf8'))?.[1];

describe('pictures of dashboards', () => {
  const wanted = Object.fromEntries(
    Object.entries(definitions(deployed())).map(([name, definition]) => [`${name}.svg`, fingerprint(definition)]),
  );

  test('are those of the dashboards that are deployed: else run `npm run pictures`', () => {
    expect(Object.fromEntries(readdirSync(FOLDER).map((file) => [file, drawnFrom(file)]))).toEqual(wanted);
  });

  test('are all on their page', () => {
    const shown = [...docs('dashboards').matchAll(/!\[[^\]]+\]\(dashboards\/([^)]+)\)/g)].map(([, file]) => file);
    expect(shown.toSorted()).toEqual(Object.keys(wanted).toSorted());
  });
});
