/* What several subcommands share. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "cli/cli.h"

int joust_cli_fail(const char *command, const struct joust_error *error) {
  fprintf(stderr, "joust %s: %s\n", command, error->message);
  return joust_exit_code(error->code);
}

/* A folder that is not there may be meant, but hardly is. */
static void check_folders(const char *flag, const char *list) {
  struct joust_folders folders = {0};
  joust_folders_add(&folders, list);
  for (size_t i = 0; i < folders.n; i++)
    if (!joust_folder_exists(folders.paths[i]))
      fprintf(stderr, "joust: --%s: there is no folder '%s'\n", flag, folders.paths[i]);
  joust_folders_free(&folders);
}

void joust_cli_registry(struct joust_registry *registry, const struct joust_places *places) {
  check_folders("plugin-dir", places->plugins);
  check_folders("space-dir", places->spaces);
  joust_registry_init(registry, places->plugins);
  joust_evaluators_register(registry);
}

const char *joust_cli_duration(char buffer[JOUST_DURATION_SIZE], double seconds) {
  double s = floor(seconds);
  if (isnan(seconds))
    snprintf(buffer, JOUST_DURATION_SIZE, "-");
  else if (seconds < 2)
    snprintf(buffer, JOUST_DURATION_SIZE, "%.2g s", seconds);
  else if (seconds < 3600)
    snprintf(buffer, JOUST_DURATION_SIZE, "%.0f:%02.0f", floor(s / 60), fmod(s, 60));
  else
    snprintf(buffer, JOUST_DURATION_SIZE, "%.0f:%02.0f:%02.0f", floor(s / 3600), floor(fmod(s, 3600) / 60),
             fmod(s, 60));
  return buffer;
}

bool joust_cli_colours(FILE *out) {
  const char *terminal = getenv("TERM"), *no_colour = getenv("NO_COLOR");
  return isatty(fileno(out)) && !(no_colour && *no_colour) && terminal && strcmp(terminal, "dumb") != 0;
}

void joust_grid_add(struct joust_grid *grid, const char *format, ...) {
  va_list args;
  char *cell;
  va_start(args, format);
  if (vasprintf(&cell, format, args) < 0) cell = joust_copy("");
  va_end(args);
  grid->cells = joust_resize(grid->cells, grid->n_cells + 1, sizeof *grid->cells);
  grid->cells[grid->n_cells++] = cell;
}

/* Columns that a text takes in a terminal: its UTF-8 characters. */
static size_t width_of(const char *text) {
  size_t width = 0;
  for (; *text; text++) width += (*text & 0xc0) != 0x80;
  return width;
}

void joust_grid_print(struct joust_grid *grid, FILE *out, const char *indent) {
  size_t *widths = joust_alloc(grid->n_columns, sizeof *widths);
  for (size_t i = 0; i < grid->n_cells; i++) {
    size_t width = width_of(grid->cells[i]), column = i % grid->n_columns;
    if (width > widths[column]) widths[column] = width;
  }
  for (size_t i = 0; i < grid->n_cells; i++) {
    size_t column = i % grid->n_columns, space = widths[column] - width_of(grid->cells[i]);
    bool last = column + 1 == grid->n_columns, right = grid->right >> column & 1;
    fprintf(out, "%s%*s%s", column ? "  " : indent, right ? (int)space : 0, "", grid->cells[i]);
    if (last)
      fputc('\n', out);
    else if (!right)
      fprintf(out, "%*s", (int)space, "");
    free(grid->cells[i]);
  }
  free(widths);
  free(grid->cells);
  memset(grid, 0, sizeof *grid);
}
