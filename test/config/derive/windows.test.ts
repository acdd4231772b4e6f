import { windows } from '../../../lib/config/derive/windows';

test('backups, snapshots, maintenance and rotation follow each other', () => {
  expect(windows(17)).toEqual({
    backup: '17:00-18:00',
    snapshot: '18:00-19:00',
    maintenance: 'sun:19:00-sun:20:00',
    rotation: 'cron(0 20 1 * ? *)',
  });
});

test('hours after midnight are of the next day', () => {
  expect(windows(22)).toEqual({
    backup: '22:00-23:00',
    snapshot: '23:00-00:00',
    maintenance: 'mon:00:00-mon:01:00',
    rotation: 'cron(0 1 1 * ? *)',
  });
  expect(windows(21).maintenance).toBe('sun:23:00-mon:00:00');
});
