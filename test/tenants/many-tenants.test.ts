import { COUNT, MANY_TENANTS } from '../../checks/tenants/many-tenants';
import { validated } from '../../lib/config';

test('the environment of 200 tenants that is rehearsed is one that is accepted', () => {
  expect(validated(MANY_TENANTS).tenants).toHaveLength(COUNT);
});
