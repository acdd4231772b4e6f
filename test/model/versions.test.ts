import { aging, KUBERNETES_RELEASES, MYSQL_RELEASES, VERSIONS_CHECKED } from '../../lib/model/versions';

const day = (date: string) => new Date(`${date}T12:00:00Z`);
const inUse = (kubernetes: readonly string[], mysql: readonly string[] = []) => ({ kubernetes, mysql });

test('says nothing while support lasts and the table is fresh', () => {
  expect(aging(day(VERSIONS_CHECKED), inUse(['1.36', '1.36'], ['8.4.9']))).toEqual([]);
});

test('warns 90 days before standard support ends, once per version', () => {
  expect(aging(day('2027-05-10'), inUse(['1.36', '1.36'])).slice(0, -1)).toEqual([
    'Kubernetes 1.36 leaves standard support on 2027-08-02, in 84 days: upgrade (docs/upgrade.md)',
  ]);
});

test('warns after it has ended', () => {
  expect(aging(day(VERSIONS_CHECKED), inUse(['1.28']))).toEqual([
    expect.stringMatching(/1.28 left standard support on 2024-11-26/),
  ]);
});

test('warns before RDS ends a minor version of MySQL', () => {
  expect(aging(day('2027-02-20'), inUse([], ['8.4.9']))).toEqual([
    'MySQL 8.4.9 leaves standard support on 2027-05-08, in 77 days: upgrade (docs/upgrade.md)',
  ]);
});

test('warns of a table that nobody has compared for long', () => {
  expect(aging(day('2027-03-01'), inUse(['1.36']))).toEqual([
    expect.stringMatching(/compared with its sources 98 days ago/),
  ]);
});

test('the dates are dates, in order', () => {
  for (const { minorVersionEnds, standardSupportEnds } of Object.values(MYSQL_RELEASES))
    expect(Date.parse(minorVersionEnds)).toBeLessThan(Date.parse(standardSupportEnds));
  for (const { standardSupportEnds, extendedSupportEnds } of Object.values(KUBERNETES_RELEASES)) {
    expect([standardSupportEnds, extendedSupportEnds].map((date) => new Date(date).toISOString().slice(0, 10))).toEqual(
      [standardSupportEnds, extendedSupportEnds],
    );
    expect(standardSupportEnds < extendedSupportEnds).toBe(true);
  }
});
