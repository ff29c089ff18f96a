#include "plugin/clean.h"

#include <string.h>

/* Length in bytes of the character at s, or 0 for what a terminal or a database must not see: control characters (C0,
 * C1, DEL) and bytes that are not UTF-8 (The Unicode Standard, table 3-7). */
static size_t harmless(const unsigned char *s, size_t left) {
  if (s[0] < 0x80) return s[0] >= 0x20 && s[0] != 0x7f;
  size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
  if (s[0] < 0xc2 || s[0] > 0xf4 || left < n) return 0;
  for (size_t i = 1; i < n; i++)
    if ((s[i] & 0xc0) != 0x80) return 0;
  switch (s[0]) {
  case 0xc2: return s[1] >= 0xa0 ? n : 0;
  case 0xe0: return s[1] >= 0xa0 ? n : 0;
  case 0xed: return s[1] <= 0x9f ? n : 0;
  case 0xf0: return s[1] >= 0x90 ? n : 0;
  case 0xf4: return s[1] <= 0x8f ? n : 0;
  default: return n;
  }
}

static char replacement(char c) {
  return c == '\t' || c == '\n' || c == '\r' ? ' ' : '?';
}

void joust_clean(char *out, size_t size, const char *text, size_t length) {
  size_t used = 0;
  for (size_t i = 0; i < length;) {
    size_t n = harmless((const unsigned char *)text + i, length - i), step = n ? n : 1;
    if (used + step > size - sizeof "...") {
      memcpy(out + used, "...", 3);
      used += 3;
      break;
    }
    if (n)
      memcpy(out + used, text + i, n);
    else
      out[used] = replacement(text[i]);
    used += step;
    i += step;
  }
  out[used] = 0;
}
