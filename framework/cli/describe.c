/* joust describe: everything there is to know about a problem, an optimiser or an evaluator. */
#include <joust/util.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "space/problem.h"

static void print_options(const struct joust_option *rows, uint32_t n, uint32_t stride) {
  struct joust_option_table table = {rows, n, stride};
  struct joust_text text = {0};
  if (n) joust_options_print(&table, &text);
  printf("\noptions%s\n%s", n ? ":" : ": none", joust_text_string(&text));
  joust_text_free(&text);
}

static void describe_optimiser(const struct joust_optimiser_entry *entry) {
  const struct joust_optimiser *type = entry->optimiser;
  const char *comma = "";
  printf("optimiser %s %s: %s\n\nparameters: ", type->id, type->version, type->summary);
  for (uint32_t kind = JOUST_REAL; kind <= JOUST_ORDINAL; kind <<= 1)
    if (type->parameter_kinds & kind) {
      printf("%s%s", comma, joust_kind_name(kind));
      comma = ", ";
    }
  if (type->max_batch) printf("\nat once:    at most %u point%s", type->max_batch, type->max_batch == 1 ? "" : "s");
  if (type->flags & JOUST_NEEDS_NETWORK) printf("\nruns:       wait on a network (--network-jobs)");
  if (type->flags & JOUST_NONDETERMINISTIC) printf("\nresults:    differ from run to run, with one seed as well");
  printf("\nlicence:    %s\nplugin:     %s\n", type->licence, entry->path);
  print_options(type->options, type->n_options, type->option_stride);
}

static void describe_evaluator(const struct joust_evaluator_entry *entry) {
  const struct joust_evaluator *type = entry->evaluator;
  printf("evaluator %s %s: %s\n\nlicence:    %s\nplugin:     %s\n", type->id, type->version, type->summary,
         type->licence, entry->path);
  print_options(type->options, type->n_options, type->option_stride);
}

/* ---- problems ---------------------------------------------------------------------------------------------------- */

/* Prints "HEAD: words", or HEAD where there are none, in lines of a width that can be read. */
static void print_words(const char *head, const char *words, size_t indent) {
  struct joust_text text = {0};
  joust_text_addf(&text, "%s%s", head, *words && *head ? ": " : "");
  joust_text_wrap(&text, words, indent, JOUST_TEXT_WIDTH);
  puts(joust_text_string(&text));
  joust_text_free(&text);
}

static bool same_choices(const struct joust_domain *domain, uint32_t a, uint32_t b) {
  const struct joust_parameter *p = &domain->parameters[a], *q = &domain->parameters[b];
  if (p->n_choices != q->n_choices) return false;
  for (uint32_t k = 0; k < p->n_choices; k++)
    if (strcmp(p->choices[k], q->choices[k]) != 0 ||
        strcmp(domain->words[a].choices[k], domain->words[b].choices[k]) != 0)
      return false;
  return true;
}

static void print_parameter(const struct joust_domain *domain, uint32_t i) {
  const struct joust_parameter *p = &domain->parameters[i];
  const struct joust_words *words = &domain->words[i];
  struct joust_text head = {0};
  joust_text_addf(&head, "  %s, %s", p->name, joust_kind_name(p->kind));
  if (!p->choices)
    joust_text_addf(&head, " from %.10g to %.10g%s", p->lower, p->upper, p->log_scale ? ", log scale" : "");
  print_words(joust_text_string(&head), words->description, 4);
  bool told = p->choices && i > 0 && same_choices(domain, i, i - 1);
  if (told) puts("    the same choices");
  for (uint32_t k = 0; k < p->n_choices && !told; k++) {
    joust_text_clear(&head);
    joust_text_addf(&head, "    %s", p->choices[k]);
    print_words(joust_text_string(&head), words->choices[k], 6);
  }
  joust_text_free(&head);
}

/* Parameters that differ from the one before only in name are listed by name. */
static bool is_like(const struct joust_domain *domain, uint32_t a, uint32_t b) {
  const struct joust_parameter *p = &domain->parameters[a], *q = &domain->parameters[b];
  return p->kind == q->kind && p->lower == q->lower && p->upper == q->upper && p->log_scale == q->log_scale &&
         strcmp(domain->words[a].description, domain->words[b].description) == 0 && same_choices(domain, a, b);
}

static void print_space(const struct joust_domain *domain) {
  uint32_t n = domain->space.n_parameters;
  printf("\nspace: %u parameters, ", n);
  if (domain->points)
    printf("%llu points\n", (unsigned long long)domain->points);
  else
    puts("more points than can be counted");
  for (uint32_t i = 0; i < n; i++) {
    print_parameter(domain, i);
    uint32_t last = i;
    while (last + 1 < n && is_like(domain, i, last + 1)) last++;
    if (last == i + 1)
      printf("  %s: the same\n", domain->parameters[last].name);
    else if (last > i)
      printf("  %s to %s: the same\n", domain->parameters[i + 1].name, domain->parameters[last].name);
    i = last;
  }
}

static void print_metrics(const struct joust_problem *problem) {
  static const char *const roles[] = {"objective", "reported", "cost"};
  struct joust_grid grid = {.n_columns = 4};
  puts("\nmetrics:");
  for (uint32_t i = 0; i < problem->n_metrics; i++) {
    const struct joust_metric *metric = &problem->metrics[i];
    joust_grid_add(&grid, "%s", metric->name);
    joust_grid_add(&grid, "%s", roles[metric->role]);
    joust_grid_add(&grid, "%s", metric->direction < 0 ? "maximise" : metric->direction > 0 ? "minimise" : "");
    joust_grid_add(&grid, "%s%s%s%s", metric->title, *metric->unit ? " (" : "", metric->unit, *metric->unit ? ")" : "");
  }
  joust_grid_print(&grid, stdout, "  ");
}

static void print_references(const struct joust_problem *problem) {
  struct joust_grid grid = {.n_columns = 3, .right = 2};
  puts("\nto compare with:");
  for (uint32_t i = 0; i < problem->n_references; i++) {
    const struct joust_reference *reference = &problem->references[i];
    joust_grid_add(&grid, "%s", reference->name);
    joust_grid_add(&grid, "%.*f", problem->metrics[problem->objective].decimals, reference->value);
    joust_grid_add(&grid, "%s", reference->description);
  }
  joust_grid_print(&grid, stdout, "  ");
}

/* Names take twelve columns. */
static void print_if(const char *name, const char *words) {
  struct joust_text text = {0};
  if (!words || !*words) return;
  joust_text_addf(&text, "%-12s", name);
  joust_text_wrap(&text, words, 12, JOUST_TEXT_WIDTH);
  puts(joust_text_string(&text));
  joust_text_free(&text);
}

/* Every option of the evaluator as this problem sets it. */
static void print_settings(const struct joust_settings *settings) {
  struct joust_text text = {0};
  for (size_t i = 0; i < settings->n; i++)
    if (*settings->items[i].value)
      joust_text_addf(&text, "%s%s=%s", text.length ? ", " : "", settings->items[i].name, settings->items[i].value);
  print_if("settings:", joust_text_string(&text));
  joust_text_free(&text);
}

static int describe_problem(struct joust_problem *problem, struct joust_registry *registry, struct joust_error *error) {
  struct joust_instance instance;
  int code = joust_instance_open(&instance, problem, registry, error);
  printf("problem %s: %s\n", problem->name, problem->title);
  if (*problem->description) {
    puts("");
    print_words("", problem->description, 0);
  }
  if (!problem->evaluator_space || !code) print_space(&problem->domain);
  print_metrics(problem);
  if (problem->has_best) {
    char number[JOUST_NUMBER_SIZE];
    printf("\nbest known: %s%s%s\n", joust_number(number, problem->best), *problem->best_source ? ": " : "",
           problem->best_source);
  }
  if (problem->n_references) print_references(problem);
  printf("\nevaluator:  %s\n", problem->evaluator);
  if (problem->parallel > 1) printf("parallel:   %u points of a run at once\n", problem->parallel);
  print_if("data:", problem->source);
  print_if("licence:", problem->licence);
  print_if("brought by:", problem->command);
  printf("file:       %s\n", problem->path);
  if (code) return code;
  print_settings(&instance.options);
  print_options(instance.type->options, instance.type->n_options, instance.type->option_stride);
  joust_instance_close(&instance);
  return 0;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static bool is_plugin_file(const char *name) {
  size_t length = strlen(name);
  return length > 3 && strcmp(name + length - 3, ".so") == 0;
}

/* Problems have a slash in their names, and so have files of plugins. */
static int describe_spec(const struct joust_spec *spec, struct joust_registry *registry,
                         const struct joust_folders *spaces, struct joust_error *error) {
  struct joust_problem problem;
  struct joust_optimiser_entry optimiser;
  struct joust_evaluator_entry evaluator;
  struct joust_error ignored;
  int code = joust_problem_find(&problem, spaces, spec, error);
  if (!code) {
    code = describe_problem(&problem, registry, error);
    joust_problem_free(&problem);
    return code;
  }
  if (code != JOUST_MISSING || (strchr(spec->id, '/') && !is_plugin_file(spec->id))) return code;
  if (!(code = joust_registry_optimiser(registry, spec->id, &optimiser, error))) {
    describe_optimiser(&optimiser);
  } else if (!joust_registry_evaluator(registry, spec->id, &evaluator, &ignored)) {
    describe_evaluator(&evaluator);
    code = 0;
  } else {
    joust_error_prefix(error, "'%s' is no problem, optimiser or evaluator: ", spec->id);
  }
  return code;
}

static int describe(const char *name, const struct joust_places *places) {
  struct joust_registry registry;
  struct joust_folders spaces;
  struct joust_specs specs = {0};
  struct joust_error error;
  joust_cli_registry(&registry, places);
  joust_space_folders(&spaces, places->spaces);
  int code = joust_specs_parse(&specs, name, &error);
  if (!code && specs.n != 1)
    code = joust_fail(&error, JOUST_BAD_INPUT, "'%s' names %zu things: expected one", name, specs.n);
  if (!code) code = describe_spec(&specs.items[0], &registry, &spaces, &error);
  if (code) code = joust_cli_fail("describe", &error);
  joust_specs_free(&specs);
  joust_folders_free(&spaces);
  joust_registry_free(&registry);
  return code;
}

int joust_cli_describe(int argc, char **argv) {
  struct joust_places places = {0};
  const struct joust_flag flags[] = {JOUST_PLACE_FLAGS(places)};
  const struct joust_usage usage = {
      .command = "describe",
      .operands = "NAME",
      .summary = "Explains a problem (parameters, metrics, data), an optimiser or an evaluator (options, defaults).",
      .flags = flags,
      .n_flags = sizeof flags / sizeof *flags,
      .least = 1,
      .most = 1};
  int first = joust_cli_parse(&usage, argc, argv);
  return first < 0 ? ~first : describe(argv[first], &places);
}
