import { windows } from '../../../lib/config/derive/windows';

test.each([
  ['', 17, '17:00-18:00', '18:00-19:00', 'sun:19:00-sun:20:00', 'cron(0 20 1 * ? *)'],
  [
    ': hours after midnight are of the next day',
    22,
    '22:00-23:00',
    '23:00-00:00',
    'mon:00:00-mon:01:00',
    'cron(0 1 1 * ? *)',
  ],
])(
  'backups, snapshots, maintenance and rotation follow each other%s',
  (_, hour, backup, snapshot, maintenance, rotation) => {
    expect(windows(hour)).toEqual({ backup, snapshot, maintenance, rotation });
  },
);

test('maintenance may end at midnight', () => {
  expect(windows(21).maintenance).toBe('sun:23:00-mon:00:00');
});
