import { aging, KUBERNETES_RELEASES, VERSIONS_CHECKED } from '../../lib/config/versions';

const day = (date: string) => new Date(`${date}T12:00:00Z`);

test('says nothing while support lasts and the table is fresh', () => {
  expect(aging(day(VERSIONS_CHECKED), ['1.36', '1.36'])).toEqual([]);
});

test('warns 90 days before standard support ends, once per version', () => {
  expect(aging(day('2027-05-10'), ['1.36', '1.36'])[0]).toMatch(
    /1.36 leaves standard support on 2027-08-02, in 84 days/,
  );
});

test('warns after it has ended', () => {
  expect(aging(day(VERSIONS_CHECKED), ['1.28'])).toEqual([
    expect.stringMatching(/1.28 left standard support on 2024-11-26/),
  ]);
});

test('warns of a table that nobody has compared for long', () => {
  expect(aging(day('2027-03-01'), ['1.36'])).toEqual([expect.stringMatching(/compared with its sources 98 days ago/)]);
});

test('the dates are dates, in order', () => {
  for (const { standardSupportEnds, extendedSupportEnds } of Object.values(KUBERNETES_RELEASES)) {
    expect([standardSupportEnds, extendedSupportEnds].map((date) => new Date(date).toISOString().slice(0, 10))).toEqual(
      [standardSupportEnds, extendedSupportEnds],
    );
    expect(standardSupportEnds < extendedSupportEnds).toBe(true);
  }
});
