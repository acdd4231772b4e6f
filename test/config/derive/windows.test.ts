import { windows } from '../../../lib/config/derive/windows';

test.each([
  [
    '',
    17,
    {
      backup: '17:00-18:00',
      snapshot: '18:00-19:00',
      maintenance: 'sun:19:00-sun:20:00',
      rotation: 'cron(0 20 1 * ? *)',
      copies: 'cron(0 21 * * ? *)',
      trial: 'cron(0 23 ? * SUN *)',
      driftCheck: 'cron(0 22 * * ? *)',
    },
  ],
  [
    ': hours after midnight are of the next day',
    22,
    {
      backup: '22:00-23:00',
      snapshot: '23:00-00:00',
      maintenance: 'mon:00:00-mon:01:00',
      rotation: 'cron(0 1 1 * ? *)',
      copies: 'cron(0 2 * * ? *)',
      trial: 'cron(0 4 ? * SUN *)',
      driftCheck: 'cron(0 3 * * ? *)',
    },
  ],
])('backups, snapshots, maintenance, rotation and copies follow each other%s', (_, hour, expected) => {
  expect(windows(hour)).toEqual(expected);
});

test('AWS Backup begins neither in a window of RDS nor in the hour before one, at any quiet hour', () => {
  for (let quietHour = 0; quietHour < 24; quietHour++) {
    const { backup, maintenance, copies } = windows(quietHour);
    const begins = Number(copies.split(' ')[1]);
    const refused = [backup, maintenance.slice(4)].flatMap((window) => {
      const hour = Number(window.slice(0, 2));
      return [hour, (hour + 23) % 24];
    });
    expect(refused).not.toContain(begins);
  }
});

test('maintenance may end at midnight', () => {
  expect(windows(21).maintenance).toBe('sun:23:00-mon:00:00');
});
