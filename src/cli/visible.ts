/**
 * Text from a snapshot, fit for one line of a terminal: whoever paired a device chose its name, and escape sequences in it could
 * move the cursor, set colours or turn the direction of writing. What would is replaced, one for one.
 */
export function visible(text: string): string {
  // All but the joiner that emoji are made with.
  return text.replace(/\s+/g, ' ').replace(/(?!\u200D)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u{FFFD}');
}
