import { execFile } from 'node:child_process';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { KeptRecords } from '../../../../src/core/drill/kept-records.ts';
import { parseRecord } from '../../../../src/core/drill/record.ts';
import { openRecord, parseRecordKey, sealRecord } from '../../../../src/core/drill/sealed-record.ts';
import { generateIdentity, recipientOf } from '../../../../src/core/keys/identity.ts';
import { generateSigningSecret } from '../../../../src/core/keys/signing.ts';
import { parseKey } from '../../../../src/core/snapshot-id.ts';
import { DRILL } from '../../../support/drill-report.ts';
import { IDENTITY, RECIPIENT, SIGNING_SECRET, TRUST } from '../../../support/snapshots.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

const run = promisify(execFile);
const KEYRING = { identities: [IDENTITY] };
const { signers } = TRUST;

describe('a sealed record', () => {
  it('is opened as it was, by those whom the snapshots are sealed to, and names its signer', async () => {
    const sealed = await sealRecord(DRILL, [RECIPIENT], SIGNING_SECRET);
    expect(await openRecord(sealed, KEYRING, signers)).toEqual({ record: DRILL, signer: signers[0] });
    const stranger = { identities: [await generateIdentity('x25519')] };
    await expect(openRecord(sealed, stranger, signers)).rejects.toMatchObject({ code: 'NO_IDENTITY' });
  });

  it('is a line of JSON for stock age', async () => {
    await using place = await temporaryDirectory();
    const { bytes } = await sealRecord(DRILL, [RECIPIENT], SIGNING_SECRET);
    await writeFile(join(place.path, 'record.age'), bytes);
    await writeFile(join(place.path, 'identity.txt'), `${IDENTITY}\n`);
    const { stdout } = await run('age', ['-d', '-i', 'identity.txt', 'record.age'], { cwd: place.path });
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toEqual(DRILL);
  });

  it('has a key that is no snapshot, and that sorts by time', async () => {
    const { key } = await sealRecord(DRILL, [RECIPIENT], null);
    expect(key).toMatch(/^prod-1\/drills\/20261123T090000Z-[0-9a-f]{16}\.json\.age$/);
    expect(parseRecordKey(key)).toMatchObject({ instance: 'prod-1' });
    expect(parseKey(key, 1)).toBeNull();
  });

  it('that nobody has signed, or somebody else, is told from one that can be trusted', async () => {
    for (const signing of [null, generateSigningSecret()]) {
      const sealed = await sealRecord(DRILL, [RECIPIENT], signing);
      expect((await openRecord(sealed, KEYRING, signers)).signer).toBeNull();
    }
  });

  it('that was renamed, or moved to another instance, is refused', async () => {
    const sealed = await sealRecord(DRILL, [RECIPIENT], SIGNING_SECRET);
    for (const key of [sealed.key.replace('T09', 'T10'), sealed.key.replace('prod-1', 'prod-2')]) {
      await expect(openRecord({ ...sealed, key }, KEYRING, signers)).rejects.toMatchObject({ code: 'INTEGRITY' });
    }
  });

  it('is never sealed to nobody', async () => {
    await expect(sealRecord(DRILL, [], SIGNING_SECRET)).rejects.toMatchObject({ code: 'CONFIG' });
  });

  it('is sealed to several', async () => {
    const other = await generateIdentity('x25519');
    const sealed = await sealRecord(DRILL, [RECIPIENT, await recipientOf(other)], null);
    expect((await openRecord(sealed, { identities: [other] }, signers)).record).toEqual(DRILL);
  });
});

describe('a record of a later release', () => {
  it('is shown as far as it is understood', () => {
    const later = {
      ...DRILL,
      checks: [{ ...DRILL.checks[0], status: 'splendid' }],
      devices: [{ ...DRILL.devices[0], verdict: 'sing-again' }],
      weather: 'fine',
    };
    expect(parseRecord(JSON.stringify(later), 'it')).toMatchObject({
      checks: [{ status: 'unknown' }],
      devices: [{ verdict: 'unknown' }],
      weather: 'fine',
    });
  });

  it.each([
    ['cut short', JSON.stringify(DRILL).slice(0, 100)],
    ['without a verdict', JSON.stringify({ ...DRILL, verdict: undefined })],
    ['something else', '[]'],
  ])('that is %s is refused by its name', (_, text) => {
    expect(() => parseRecord(text, 'x.json')).toThrow(/^x\.json holds no record/);
  });
});

describe('the records that a host keeps', () => {
  it('are the newest fifty, each for its owner alone', async () => {
    await using place = await temporaryDirectory();
    const kept = new KeptRecords(place.path, 'prod-1');
    expect(await kept.last()).toBeNull();
    for (let minute = 0; minute < 52; minute += 1) {
      await kept.add({ ...DRILL, at: `2026-11-23T09:${String(minute).padStart(2, '0')}:00.000Z` });
    }
    const names = (await readdir(join(place.path, 'drills', 'prod-1'))).sort();
    expect(names).toHaveLength(50);
    expect(names[0]).toMatch(/^20261123T090200Z-/);
    expect((await stat(join(place.path, 'drills', 'prod-1', names[0] ?? ''))).mode & 0o777).toBe(0o600);
    expect((await kept.last())?.record.at).toBe('2026-11-23T09:51:00.000Z');
  });
});
