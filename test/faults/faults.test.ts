import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAULTS } from '../../checks/faults/faults';

test.each(FAULTS)('$title can still be made, in one place', ({ file, right }) => {
  const text = readFileSync(join(__dirname, '..', '..', file), 'utf8');
  expect(text.split(right)).toHaveLength(2);
});
