import type { LiveGateway } from '../../ports/gateway.ts';
import { attemptConnect, resultOf } from './attempt.ts';
import { createDeviceKey, deviceIdOf } from './device-key.ts';

/** A Gateway that serves people, reached as any of their devices reaches it. */
export function liveGateway(): LiveGateway {
  return {
    newDevice: () => {
      const key = createDeviceKey();
      return { deviceId: deviceIdOf(key), privateKeyPem: key.privateKeyPem };
    },
    connect: async (url, attempt) => resultOf(await attemptConnect(attempt, url)),
  };
}
