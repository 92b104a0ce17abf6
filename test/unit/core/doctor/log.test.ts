import { describe, expect, it } from 'vitest';
import { readLog } from '../../../../src/core/doctor/look/log.ts';
import { START_LOGS } from './start-logs.ts';

const causesOf = (text: string, secrets: readonly string[] = []) =>
  readLog({ source: 'gateway.log', text }, secrets, null).causes.map(({ id }) => id);

describe('what OpenClaw 2026.9.6 said', () => {
  it.each(START_LOGS)('when %s, is taken for %s first', (_, id, text) => {
    expect(causesOf(text)[0]).toBe(id);
  });
});

describe('a log', () => {
  const failed =
    '2026-11-26T06:00:00.000+00:00 [gateway] loading configuration…\n2026-11-26T06:00:01.000+00:00 Gateway failed to start: EADDRINUSE\n';
  const began = '2026-11-26T07:00:00.000+00:00 [gateway] loading configuration…\n';
  const ready = '2026-11-26T07:00:09.500+00:00 [gateway] ready\n';

  it('says nothing about a start by what stopped an earlier one', () => {
    expect(causesOf(failed)).toEqual(['port-in-use']);
    expect(causesOf(failed + began + ready)).toEqual([]);
  });

  it('says when the last start was ready, but not by one before the process began', () => {
    const at = Date.parse('2026-11-26T07:00:09.500Z');
    const log = { source: 'x', text: began + ready };
    expect(readLog(log, [], at - 9500).readyAt).toBe(at);
    expect(readLog(log, [], at + 1).readyAt).toBeNull();
  });

  it('may be JSON lines, as in the file that OpenClaw writes', () => {
    const line = (message: string, time: string) => JSON.stringify({ 0: '{"subsystem":"gateway"}', message, time });
    const text = [
      line('loading configuration…', '2026-11-26T06:15:41.268+00:00'),
      line('gateway ready', '2026-11-26T06:15:47.171+00:00'),
    ].join('\n');
    expect(readLog({ source: 'x', text }, [], null).readyAt).toBe(Date.parse('2026-11-26T06:15:47.171Z'));
  });

  it('is quoted without secrets, and not at length', () => {
    const secret = 'correct-horse-battery-staple';
    const text = `Invalid config at /x: ${secret} ${'y'.repeat(500)}`;
    const [cause] = readLog({ source: 'x', text }, [secret], null).causes;
    expect(cause?.line).not.toContain(secret);
    expect(cause?.line.length).toBeLessThan(300);
  });

  it('of which the end was cut, or that is empty, is no reason to fail', () => {
    expect(causesOf('')).toEqual([]);
    expect(causesOf('{"message": "unfin')).toEqual([]);
  });

  it('tells of memory that ran out also after the Gateway was ready', () => {
    const fatal = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n';
    expect(causesOf(began + ready + fatal)).toEqual(['out-of-memory']);
  });
});
