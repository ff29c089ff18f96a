#include "report/figure_layout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "stats/summary.h"

/* ---- text ----------------------------------------------------------------------------------------------------------
 */

/* Advance widths of DejaVu Sans 2.37 for the characters from 32 to 126, in thousandths of the font size. */
static const uint16_t widths[] = {318,  401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337,
                                  636,  636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531,
                                  1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,
                                  603,  787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,
                                  500,  613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,
                                  635,  635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838};

static bool continues(char c) {
  return (c & 0xc0) == 0x80;
}

static double character_width(const char *c) {
  if (continues(*c)) return 0;
  if (*c >= 32 && *c <= 126) return widths[*c - 32];
  return (unsigned char)*c >= 0xe3 ? 1050 : 850; /* from U+3000 on: ideographs, emoji */
}

double joust_text_width(const char *text, double font_size) {
  double width = 0;
  for (; *text; text++) width += character_width(text);
  return width * font_size / 1000;
}

char *joust_text_fit(const char *text, double font_size, double most) {
  size_t length = strlen(text), head = 0, tail = length;
  if (joust_text_width(text, font_size) <= most) return joust_copy(text);
  double left = most * 1000 / font_size - 1000; /* for the ellipsis */
  for (bool front = true;; front = !front) {    /* a character in turn from both ends */
    size_t next = front ? head + 1 : tail - 1;
    while (front && next < tail && continues(text[next])) next++;
    while (!front && next > head && continues(text[next])) next--;
    left -= character_width(text + (front ? head : next));
    if (left < 0 || (front ? next >= tail : next <= head)) break;
    *(front ? &head : &tail) = next;
  }
  return joust_format("%.*s…%s", (int)head, text, text + tail);
}

/* ---- labels beside each other ---------------------------------------------------------------------------------------
 */

struct pool { /* neighbours that touch: they share the mean of where their first one wants to stand */
  double sum;
  size_t n;
};

void joust_spread(double *places, const double *wanted, size_t n, double gap, double low, double high) {
  struct joust_keyed *keyed = joust_alloc(n, sizeof *keyed);
  struct pool *pools = joust_alloc(n, sizeof *pools);
  size_t n_pools = 0, i = 0;
  double room = high - low - gap * (double)(n - (n > 0)), last = fmax(low, low + room);
  if (room < 0) gap = n > 1 ? (high - low) / (double)(n - 1) : 0;
  joust_sort_keyed(keyed, wanted, n);
  for (size_t j = 0; j < n; j++) {
    pools[n_pools++] = (struct pool){keyed[j].value - gap * (double)j, 1};
    while (n_pools > 1 && pools[n_pools - 2].sum / (double)pools[n_pools - 2].n >=
                              pools[n_pools - 1].sum / (double)pools[n_pools - 1].n) {
      pools[n_pools - 2].sum += pools[n_pools - 1].sum;
      pools[n_pools - 2].n += pools[n_pools - 1].n;
      n_pools--;
    }
  }
  for (size_t p = 0; p < n_pools; p++) {
    double first = fmin(last, fmax(low, pools[p].sum / (double)pools[p].n));
    for (size_t j = 0; j < pools[p].n; j++, i++) places[keyed[i].index] = first + gap * (double)i;
  }
  free(keyed);
  free(pools);
}

/* ---- ticks ----------------------------------------------------------------------------------------------------------
 */

void joust_tick_label(char label[24], double value) {
  if (value != 0 && (fabs(value) < 1e-4 || fabs(value) >= 1e7))
    snprintf(label, 24, "%.3g", value);
  else
    snprintf(label, 24, "%.10g", value);
}

static void add_tick(struct joust_ticks *ticks, double at, bool named) {
  if (ticks->n == JOUST_MOST_TICKS) return;
  ticks->at[ticks->n] = at;
  ticks->label[ticks->n][0] = 0;
  if (named) joust_tick_label(ticks->label[ticks->n], at);
  ticks->n++;
}

/* The least of 1, 2, 5 times a power of ten that is not below x. */
static double round_step(double x) {
  double power = pow(10, floor(log10(x) + 1e-9));
  for (size_t i = 0; i < 3; i++) {
    double step = power * (double[]){1, 2, 5}[i];
    if (step >= x * (1 - 1e-9)) return step;
  }
  return 10 * power;
}

static void linear_ticks(struct joust_ticks *ticks, double low, double high, double length, double room) {
  double step = round_step((high - low) * fmax(1.0 / (JOUST_MOST_TICKS - 2), room / length));
  for (double i = ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++)
    add_tick(ticks, i * step + 0.0, true); /* + 0: never -0 */
}

/* Powers of ten, every one or as many as have room; 2 and 5 times them where these have. */
static void log_ticks(struct joust_ticks *ticks, double low, double high, double length, double room) {
  double decade = length / (log10(high) - log10(low));
  int every = 1, first = (int)floor(log10(low) - 1e-9), last = (int)ceil(log10(high) + 1e-9);
  while (decade * every < room || (last - first) / every > JOUST_MOST_TICKS / 3) every++;
  bool between = every == 1 && decade * 0.3 >= room;
  for (int power = first; power <= last; power++) {
    for (int i = 0; i < 3; i++) {
      double at = (double[]){1, 2, 5}[i] * pow(10, power);
      bool named = i == 0 ? power % every == 0 : between;
      bool wanted = i == 0 ? named || last - first < JOUST_MOST_TICKS : between;
      if (wanted && at >= low * (1 - 1e-9) && at <= high * (1 + 1e-9)) add_tick(ticks, at, named);
    }
  }
}

void joust_ticks_make(struct joust_ticks *ticks, double low, double high, bool log_scale, double length, double room,
                      bool with_end) {
  ticks->n = 0;
  if (!(low < high)) {
    add_tick(ticks, high, true);
    return;
  }
  if (log_scale) log_ticks(ticks, low, high, length, room);
  if (ticks->n < 2) { /* too short an axis for powers of ten */
    ticks->n = 0;
    linear_ticks(ticks, low, high, length, log_scale ? 2 * room : room);
  }
  if (!with_end) return;
  while (ticks->n > 0) {
    double at = ticks->at[ticks->n - 1];
    double apart = log_scale ? (log(high) - log(at)) / (log(high) - log(low)) : (high - at) / (high - low);
    if (apart * length >= room) break;
    ticks->n--;
  }
  if (ticks->n == JOUST_MOST_TICKS) ticks->n--;
  add_tick(ticks, high, true);
  if (fabs(high) >= 1000 && fabs(high) < 1e7) /* a cost that was measured has more digits than anybody reads */
    snprintf(ticks->label[ticks->n - 1], sizeof ticks->label[0], "%.0f", high);
}

void joust_ticks_of_ranks(struct joust_ticks *ticks, size_t k, double length, double room) {
  size_t step = 1;
  while (k > 1 && (length / (double)(k - 1) * (double)step < room || (k - 1) / step >= JOUST_MOST_TICKS)) step++;
  ticks->n = 0;
  for (size_t rank = 1; rank <= k; rank += step) add_tick(ticks, (double)rank, true);
}

/* ---- critical-difference diagram ------------------------------------------------------------------------------------
 */

static double rank_x(const struct joust_cd_layout *layout, double rank) {
  return layout->left + (rank - 1) / (double)(layout->k - 1) * (layout->right - layout->left);
}

/* A bar stands in the first row in which it is clear of those before it; returns the rows that are used. */
static size_t place_bars(struct joust_cd_layout *layout, const bool *groups, size_t n_groups, double clear) {
  double *row_end = joust_alloc(n_groups, sizeof *row_end);
  size_t rows = 0;
  for (size_t g = 0; g < n_groups; g++) {
    const bool *member = groups + g * layout->k;
    size_t first = 0, last = layout->k - 1, row = 0;
    while (!member[first]) first++;
    while (!member[last]) last--;
    double from = layout->x[first] - clear / 3, to = layout->x[last] + clear / 3;
    while (row < rows && row_end[row] + clear / 2 > from) row++;
    if (row == rows) rows++;
    row_end[row] = to;
    layout->bar_from[g] = from;
    layout->bar_to[g] = to;
    layout->bar_y[g] = (double)row; /* for now: its row */
  }
  free(row_end);
  return rows;
}

void joust_cd_layout_make(struct joust_cd_layout *layout, const double *mean_ranks, size_t k,
                          double critical_difference, const bool *groups, size_t n_groups, double width,
                          double font_size, double widest) {
  double line = 1.6 * font_size, stub = font_size;
  *layout = (struct joust_cd_layout){.width = width, .k = k, .n_bars = n_groups};
  layout->x = joust_alloc(k, sizeof *layout->x);
  layout->label_y = joust_alloc(k, sizeof *layout->label_y);
  layout->at_left = joust_alloc(k, sizeof *layout->at_left);
  layout->bar_from = joust_alloc(n_groups, sizeof(double));
  layout->bar_to = joust_alloc(n_groups, sizeof(double));
  layout->bar_y = joust_alloc(n_groups, sizeof(double));
  layout->left = font_size + widest + 1.5 * stub;
  layout->right = width - layout->left;
  layout->label_left = layout->left - stub;
  layout->label_right = layout->right + stub;
  layout->cd_y = 4.2 * font_size;
  layout->axis_y = layout->cd_y + 3.2 * font_size;
  layout->cd_left = layout->left;
  layout->cd_right = layout->left + critical_difference / (double)(k - 1) * (layout->right - layout->left);
  for (size_t i = 0; i < k; i++) layout->x[i] = rank_x(layout, mean_ranks[i]);
  size_t rows = place_bars(layout, groups, n_groups, font_size), left = (k + 1) / 2;
  for (size_t g = 0; g < n_groups; g++) layout->bar_y[g] = layout->axis_y + font_size * (0.9 + 0.8 * layout->bar_y[g]);
  double first = layout->axis_y + font_size * (1.5 + 0.8 * (double)rows);
  for (size_t i = 0; i < k; i++) {
    layout->at_left[i] = i < left;
    layout->label_y[i] = first + line * (double)(i < left ? i : k - 1 - i);
  }
  layout->height = first + line * (double)(left - 1) + 1.2 * font_size;
}

void joust_cd_layout_free(struct joust_cd_layout *layout) {
  free(layout->x);
  free(layout->label_y);
  free(layout->at_left);
  free(layout->bar_from);
  free(layout->bar_to);
  free(layout->bar_y);
  *layout = (struct joust_cd_layout){0};
}
