import { detour } from '../../verify/web';

describe('--connect-to', () => {
  test('takes what curl takes', () => {
    expect(detour('platform.com:443:127.0.0.1:8443')).toEqual({
      host: 'platform.com',
      port: '443',
      toHost: '127.0.0.1',
      toPort: '8443',
    });
    expect(detour('::[::1]:9')).toEqual({ host: '', port: '', toHost: '::1', toPort: '9' });
  });

  test.each(['platform.com', 'platform.com:443:127.0.0.1', 'a:b:c:d'])('refuses %s', (value) => {
    expect(() => detour(value)).toThrow(`--connect-to is "${value}": write HOST:PORT:HOST:PORT, as for curl`);
  });
});
