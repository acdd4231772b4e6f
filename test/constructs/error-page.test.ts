import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, done, wherePythonIs } from './inline-function';

const CLIENT = `
class Client:
    def put_object(self, **request):
        if request["Bucket"] == "gone":
            raise Exception("no such bucket")
        asked.append({**request, "Body": request["Body"].decode()})
`;

const put = (kind: 'Create' | 'Update' | 'Delete', bucket: string) =>
  call({
    file: 'error-page.py',
    fakes: CLIENT,
    kind,
    properties: { Name: 'assets/page.html', Bucket: bucket, Page: '<p>Grüezi</p>' },
  });

wherePythonIs('the function that puts the error page into the bucket', () => {
  test.each(['Create', 'Update'] as const)('%s puts it there, as a page', (kind) => {
    expect(put(kind, 'bucket')).toEqual([
      {
        Bucket: 'bucket',
        Key: 'assets/page.html',
        Body: '<p>Grüezi</p>',
        ContentType: 'text/html; charset=utf-8',
        CacheControl: 'max-age=300',
      },
      ['PUT', 'https://answer/', done('assets/page.html')],
    ]);
  });

  test('Create fails, and says why, when it cannot', () => {
    expect(put('Create', 'gone')).toEqual([
      [
        'PUT',
        'https://answer/',
        expect.objectContaining({ Status: 'FAILED', Reason: 'assets/page.html: no such bucket' }),
      ],
    ]);
  });

  test('Delete leaves it: a bucket that goes with its stack is emptied', () => {
    expect(put('Delete', 'gone')).toEqual([['PUT', 'https://answer/', done('assets/page.html')]]);
  });
});

test('the page needs nothing else, names its language and offers another try', () => {
  const page = readFileSync(join(__dirname, '..', '..', 'lib', 'constructs', 'error-page.html'), 'utf8');
  expect(page).not.toMatch(/\bsrc=|url\(|@import|<link|<script|https?:/);
  expect(page).toMatch(/<html lang="en">[^]*<title>[^<]+<\/title>[^]*<main>[^]*<h1>/);
  expect(page).toContain('<a href="">');
});
