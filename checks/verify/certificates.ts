import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../rehearsal/src/process';
import { findProgram } from '../servers/install';

/** A certificate with its key, as a server shows it. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

/** The certificates of the check: one for each way in which a certificate is good or bad. */
export interface Certificates {
  /** File of the authority that the verification trusts. */
  readonly authority: string;
  readonly good: Certified;
  readonly expired: Certified;
  readonly endsSoon: Certified;
  readonly otherName: Certified;
  readonly strange: Certified;
}

/** A day as openssl writes it: YYMMDDhhmmssZ. */
const day = (fromNow: number): string =>
  `${new Date(Date.now() + fromNow * 86_400_000)
    .toISOString()
    .replaceAll(/[-:T]|\.\d+/g, '')
    .slice(2)}`;

const CONFIG = `[ca]
default_ca = own
[own]
dir = .
database = ./index
new_certs_dir = .
serial = ./serial
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
`;

/** Makes them with openssl. */
export const makeCertificates = async (folder: string, signal: AbortSignal): Promise<Certificates> => {
  const program = findProgram('openssl');
  if (!program) throw new Error('openssl is not installed: install it');
  await mkdir(folder, { recursive: true });
  const openssl = (...args: string[]) => run(program, args, { cwd: folder, signal });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  for (const name of ['authority', 'stranger'])
    await openssl('req', '-x509', ...newKey, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.pem`);
  for (const [file, text] of Object.entries({ config: CONFIG, index: '', serial: '01\n' }))
    await writeFile(join(folder, file), text);

  const sign = async (name: string, names: readonly string[], from: number, to: number, authority = 'authority') => {
    const alternatives = `subjectAltName=${names.map((each) => `DNS:${each}`).join(',')}`;
    const request = ['-subj', `/CN=${names[0]}`, '-addext', alternatives];
    await openssl('req', ...newKey, ...request, '-keyout', `${name}.key`, '-out', `${name}.request`);
    const signer = ['-cert', `${authority}.pem`, '-keyfile', `${authority}.key`];
    const time = ['-startdate', day(from), '-enddate', day(to)];
    await openssl(
      'ca',
      '-batch',
      '-config',
      'config',
      ...signer,
      ...time,
      '-in',
      `${name}.request`,
      '-out',
      `${name}.pem`,
    );
    const read = (ending: string) => readFile(join(folder, `${name}.${ending}`), 'utf8');
    return { cert: await read('pem'), key: await read('key') };
  };
  const names = ['platform.com', '*.platform.com'];
  return {
    authority: join(folder, 'authority.pem'),
    good: await sign('good', names, -1, 200),
    expired: await sign('expired', names, -100, -1),
    endsSoon: await sign('endsSoon', names, -100, 20),
    otherName: await sign('otherName', ['example.com'], -1, 200),
    strange: await sign('strange', names, -1, 200, 'stranger'),
  };
};
