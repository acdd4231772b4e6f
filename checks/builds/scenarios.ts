import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceIn } from '../rehearsed-copy';
import type { Answers, Finding } from './answers';

/** A commit of a service, and the answers about it. */
export interface Scenario {
  readonly title: string;
  /** Changes the source of the service. @default - the example as it is */
  readonly edit?: (folder: string) => void;
  /** Answers that differ from those about a good commit. */
  readonly answers?: Partial<Answers>;
  /** The step that stops it, and what that prints. @default - nothing stops it */
  readonly stops?: readonly [step: string, says: RegExp];
}

const source = (file: string, text: string, instead: string) => (folder: string) =>
  replaceIn(join(folder, file), text, instead);

/** An edit of an entry of the lock file. */
const locked =
  (name: string, change: (entry: Record<string, unknown>) => void) =>
  (folder: string): void => {
    const file = join(folder, 'package-lock.json');
    const lock = JSON.parse(readFileSync(file, 'utf8'));
    change(lock.packages[`node_modules/${name}`]);
    writeFileSync(file, JSON.stringify(lock, undefined, 2));
  };

/** Depends on a version of a package with a known vulnerability. Nothing imports it. */
const vulnerable = (folder: string): void => {
  for (const file of ['package.json', 'package-lock.json']) {
    const content = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    (content.packages?.[''] ?? content).dependencies = { minimist: '1.2.5' };
    if (content.packages)
      content.packages['node_modules/minimist'] = {
        version: '1.2.5',
        integrity: 'sha512-FM9nNUYrRBAELZQT3xeZQ7fmMOBg6nWNmJKTcgsJeaLstP/UODVpGsr5OhXhhXg6f+qtJ8uiZ+PUxkDWcgIXLw==',
        license: 'MIT',
      };
    writeFileSync(join(folder, file), JSON.stringify(content, undefined, 2));
  }
};

/** https://github.com/advisories/GHSA-xvch-5gv4-984h, as a registry tells it. */
const ADVISORY = {
  id: 1097678,
  url: 'https://github.com/advisories/GHSA-xvch-5gv4-984h',
  title: 'Prototype Pollution in minimist',
  severity: 'critical',
  vulnerable_versions: '>=1.0.0 <1.2.6',
  cwe: ['CWE-1321'],
  cvss: { score: 9.8, vectorString: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
};

/** The same, as Trivy lists it. */
const IN_FILES: Finding = {
  id: 'CVE-2021-44906',
  package: 'minimist',
  severity: 'CRITICAL',
  installed: '1.2.5',
  fixed: '1.2.6, 0.2.4',
};

/** https://security-tracker.debian.org/tracker/CVE-2024-37371 */
const IN_IMAGE: Finding = {
  id: 'CVE-2024-37371',
  package: 'libkrb5-3',
  severity: 'CRITICAL',
  installed: '1.20.1-2+deb12u1',
  fixed: '1.20.1-2+deb12u2',
};

/** https://security-tracker.debian.org/tracker/CVE-2023-45853, of which Debian 12 has no update. */
const UNFIXED: Finding = {
  id: 'CVE-2023-45853',
  package: 'zlib1g',
  severity: 'CRITICAL',
  installed: '1:1.2.13.dfsg-1',
  fixed: '',
};

export const SCENARIOS: readonly Scenario[] = [
  { title: 'a good commit' },
  {
    title: 'an entry of the lock file without integrity',
    edit: locked('undici-types', (entry) => delete entry.integrity),
    stops: ['Check', /package-lock.json lacks the integrity of node_modules\/undici-types/],
  },
  {
    title: 'a package with another content than the lock file says',
    edit: locked('undici-types', (entry) => (entry.integrity = `sha512-${'A'.repeat(86)}==`)),
    stops: ['Check', /EINTEGRITY/],
  },
  {
    title: 'code that the linter refuses',
    edit: source('src/page.js', 'export const', 'debugger;\nexport const'),
    stops: ['Check', /no-debugger/],
  },
  {
    title: 'a wrong type',
    edit: source('src/settings.js', "env.PORT ?? '3000'", 'env.PORT ?? 3000'),
    stops: ['Check', /error TS\d+/],
  },
  {
    title: 'a unit test that fails',
    edit: source('src/settings.js', "env.PORT ?? '3000'", "env.PORT ?? '3001'"),
    stops: ['Check', /not ok \d+ - the ports are those of the platform/],
  },
  {
    title: 'an integration test that fails',
    edit: source('src/metrics.js', 'version=0.0.4', 'version=0.0.5'),
    stops: ['Check', /not ok \d+ - counts requests for Prometheus/],
  },
  {
    title: 'a vulnerable dependency that the registry tells of',
    edit: vulnerable,
    answers: { advisories: { minimist: [ADVISORY] } },
    stops: ['Check', /minimist[\s\S]*Severity: critical[\s\S]*GHSA-xvch-5gv4-984h/],
  },
  {
    title: 'a package that the registry has not signed',
    answers: { unsigned: 'undici-types@6.21.0' },
    stops: ['Check', /invalid registry signature[\s\S]*undici-types/],
  },
  {
    title: 'another archive than the pinned one of Trivy',
    answers: { archive: 'altered' },
    stops: ['Check', /computed checksum did NOT match/],
  },
  {
    title: 'a vulnerable dependency that only Trivy tells of',
    edit: vulnerable,
    answers: { files: [IN_FILES] },
    stops: ['Check', /minimist 1\.2\.5 CVE-2021-44906 CRITICAL/],
  },
  {
    title: 'an image with a critical vulnerability for one architecture',
    answers: { images: { 'linux/arm64': [IN_IMAGE] } },
    stops: ['Image', /linux\/arm64 libkrb5-3 .* CVE-2024-37371 CRITICAL/],
  },
  {
    title: 'an image with vulnerabilities that are no reason: not severe, or without an update',
    answers: { images: { 'linux/amd64': [{ ...IN_IMAGE, severity: 'MEDIUM' }, UNFIXED] } },
  },
  {
    title: 'an image that ECR could not sign',
    answers: { signing: ['IN_PROGRESS', 'FAILED'] },
    stops: ['Image', /AccessDeniedException[\s\S]*is not signed \(FAILED\)/],
  },
  {
    title: 'a registry that signs nothing',
    answers: { signing: [] },
    stops: ['Image', /is not signed \(no signing rule\)/],
  },
  {
    title: 'a tag that is there',
    answers: { isTagged: true },
    stops: ['Image', /main-\w{12} is there, and a tag never becomes another image/],
  },
  {
    title: 'a service with colors: users meet the one before',
    answers: { isColored: true },
  },
  {
    title: 'a service that the releases do not name',
    answers: { isReleased: false },
    stops: ['Propose', /lib\/config\/releases has no auth-service/],
  },
];
