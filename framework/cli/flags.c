/* Parsing a table of flags with getopt_long, and printing help from it. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/cli.h"

static void print_flag(const struct joust_flag *flag, FILE *out) {
  struct joust_text left = {0};
  if (flag->letter)
    joust_text_addf(&left, "  -%c, --%s", flag->letter, flag->name);
  else
    joust_text_addf(&left, "      --%s", flag->name);
  if (flag->argument) joust_text_addf(&left, " %s", flag->argument);
  fprintf(out, left.length < 34 ? "%-34s%s\n" : "%s\n                                  %s\n", joust_text_string(&left),
          flag->help);
  joust_text_free(&left);
}

static void print_help(const struct joust_usage *usage, FILE *out) {
  static const struct joust_flag help = {'h', "help", JOUST_FLAG_SWITCH, NULL, NULL, "print this and exit"};
  fprintf(out, "Usage: joust %s [flags]%s%s\n\n%s\n\n", usage->command, *usage->operands ? " " : "", usage->operands,
          usage->summary);
  for (size_t i = 0; i < usage->n_flags; i++) print_flag(&usage->flags[i], out);
  print_flag(&help, out);
  if (usage->details) fprintf(out, "\n%s", usage->details);
}

static int misuse(const struct joust_usage *usage, const char *message) {
  fprintf(stderr, "joust %s: %s\n'joust %s --help' explains its flags\n", usage->command, message, usage->command);
  return ~2;
}

static int set_flag(const struct joust_flag *flag, const char *text, struct joust_error *error) {
  double number = 0;
  switch (flag->kind) {
  case JOUST_FLAG_SWITCH: *(bool *)flag->value = true; return 0;
  case JOUST_FLAG_TEXT: *(const char **)flag->value = text; return 0;
  case JOUST_FLAG_SPECS: return joust_specs_parse(flag->value, text, error);
  case JOUST_FLAG_COUNT:
    if (!joust_parse_number(text, &number) || number < 0 || number > 0x1p53 || number != (double)(int64_t)number)
      return joust_fail(error, JOUST_BAD_INPUT, "--%s is '%s': expected a whole number", flag->name, text);
    *(int64_t *)flag->value = (int64_t)number;
    return 0;
  case JOUST_FLAG_NUMBER:
    if (!joust_parse_number(text, &number) || !(number > 0))
      return joust_fail(error, JOUST_BAD_INPUT, "--%s is '%s': expected a number above 0", flag->name, text);
    *(double *)flag->value = number;
    return 0;
  }
  return 0;
}

/* getopt's tables; the value that it gives for flag i is 256 + i, or the letter. */
static void make_tables(const struct joust_usage *usage, struct option *longs, struct joust_text *letters) {
  joust_text_add(letters, ":h"); /* the colon: a value that lacks is told from a flag that is unknown */
  for (size_t i = 0; i < usage->n_flags; i++) {
    const struct joust_flag *flag = &usage->flags[i];
    longs[i] = (struct option){flag->name, flag->argument ? required_argument : no_argument, NULL, 256 + (int)i};
    if (flag->letter) joust_text_addf(letters, "%c%s", flag->letter, flag->argument ? ":" : "");
  }
  longs[usage->n_flags] = (struct option){"help", no_argument, NULL, 'h'};
}

static const struct joust_flag *find_flag(const struct joust_usage *usage, int value) {
  for (size_t i = 0; i < usage->n_flags; i++)
    if (value == 256 + (int)i || value == usage->flags[i].letter) return &usage->flags[i];
  return NULL;
}

static int fail_unknown(const struct joust_usage *usage, const char *given, bool lacks_value) {
  const char **names = joust_alloc(usage->n_flags + 1, sizeof *names);
  for (size_t i = 0; i < usage->n_flags; i++) names[i] = usage->flags[i].name;
  const char *near = strncmp(given, "--", 2) == 0 ? joust_nearest(given + 2, names, usage->n_flags) : NULL;
  char *message = lacks_value ? joust_format("%s needs a value", given)
                  : near      ? joust_format("there is no flag %s: did you mean --%s?", given, near)
                              : joust_format("there is no flag %s", given);
  int result = misuse(usage, message);
  free(message);
  free(names);
  return result;
}

static int parse(const struct joust_usage *usage, int argc, char **argv, const struct option *longs,
                 const char *letters) {
  int value;
  opterr = 0;
  optind = 1;
  while ((value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
    if (value == 'h') {
      print_help(usage, stdout);
      return ~0;
    }
    if (value == '?' || value == ':') {
      char letter[] = {'-', (char)optopt, 0};
      bool is_short = optopt > 0 && optopt < 256;
      return fail_unknown(usage, is_short ? letter : argv[optind - 1], value == ':');
    }
    struct joust_error error;
    if (set_flag(find_flag(usage, value), optarg, &error)) return misuse(usage, error.message);
  }
  int operands = argc - optind;
  if (operands < usage->least || (usage->most >= 0 && operands > usage->most)) {
    char *message = operands > usage->most && usage->most >= 0
                        ? joust_format("'%s' is one operand too many: expected %s", argv[optind + usage->most],
                                       *usage->operands ? usage->operands : "none")
                        : joust_format("expected %s", usage->operands);
    int result = misuse(usage, message);
    free(message);
    return result;
  }
  return optind;
}

int joust_cli_parse(const struct joust_usage *usage, int argc, char **argv) {
  struct option *longs = joust_alloc(usage->n_flags + 2, sizeof *longs);
  struct joust_text letters = {0};
  make_tables(usage, longs, &letters);
  int first = parse(usage, argc, argv, longs, joust_text_string(&letters));
  free(longs);
  joust_text_free(&letters);
  return first;
}
