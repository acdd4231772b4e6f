import { problems } from '../../../lib/config/validation';
import { environment } from '../../fixtures';

const prod = environment('prod');
const pulledBy = (...accounts: readonly string[]) =>
  problems({ ...prod, images: { pulledBy: accounts, signed: true } });

test('other accounts may pull', () => {
  expect(pulledBy('222222222222', '777777777777')).toEqual([]);
});

test.each([
  [
    ['333333333333'],
    'prod: images.pulledBy has "333333333333", the account of the environment, which may pull anyway: remove it',
  ],
  [['777777777777', '777777777777'], 'prod: images.pulledBy has "777777777777" twice: name each once'],
  [['staging'], 'prod: images.pulledBy has "staging": write the 12 digits of an AWS account, in quotes'],
])('refuses %j', (accounts, problem) => {
  expect(pulledBy(...accounts)).toEqual([problem]);
});
