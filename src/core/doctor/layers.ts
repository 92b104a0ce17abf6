import type { Examination } from './examination.ts';
import { type Finding, type Layer, LAYERS, type LayerReport } from './report.ts';

/** Each layer's verdict; one that stands on a broken one is not judged. */
export function layersOf(findings: readonly Finding[], seen: Examination): LayerReport[] {
  return LAYERS.map((layer): LayerReport => {
    const reason = notJudged(layer, findings, seen);
    if (reason !== null) return { layer, verdict: 'not-judged', reason };
    const severities = new Set(findings.filter((finding) => finding.layer === layer).map(({ severity }) => severity));
    return { layer, verdict: severities.has('fail') ? 'fail' : severities.has('warn') ? 'warn' : 'ok' };
  });
}

function notJudged(layer: Layer, findings: readonly Finding[], { installation, answers }: Examination): string | null {
  const own = findings.filter((finding) => finding.layer === layer && finding.severity !== 'info');
  if (layer === 'facts' || layer === 'config') return null;
  if (installation.atRest) return 'no Gateway is expected to run on this directory';
  if (layer === 'process' || own.length > 0) return null;
  if (installation.gateway === null) return 'no Gateway runs';
  if (layer === 'bind') return 'the Gateway does not listen where it should';
  return layer === 'probe' && answers === null ? 'the Gateway cannot be reached from here' : null;
}
