/* Spaces from JSON and from evaluators, and points of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "space/space.h"

static struct joust_domain domain;
static struct joust_error error;

static int tear_down(void **state) {
  (void)state;
  joust_domain_free(&domain);
  return 0;
}

static int read(const char *text) {
  struct joust_json json;
  joust_domain_free(&domain);
  assert_int_equal(joust_json_parse(&json, "s.json", text, strlen(text), &error), 0);
  int code = joust_domain_read(&domain, &json, json.root, &error);
  joust_json_free(&json);
  return code;
}

static const char all_kinds[] =
    "[{\"name\": \"lr\", \"kind\": \"real\", \"lower\": 1e-5, \"upper\": 1, \"scale\": \"log\", \"description\": "
    "\"rate\"},\n"
    " {\"name\": \"width\", \"kind\": \"integer\", \"lower\": -3, \"upper\": 12, \"scale\": \"linear\"},\n"
    " {\"name\": \"op{}.a\", \"repeat\": 2, \"kind\": \"categorical\",\n"
    "  \"choices\": [\"none\", {\"label\": \"skip\", \"description\": \"pass on\"}]},\n"
    " {\"name\": \"size\", \"kind\": \"ordinal\", \"choices\": [\"s\", \"m\", \"l\"]}]";

static void all_kinds_are_read(void **state) {
  (void)state;
  assert_int_equal(read(all_kinds), 0);
  assert_int_equal(domain.space.struct_size, sizeof domain.space);
  assert_int_equal(domain.space.n_parameters, 5);
  assert_int_equal(domain.space.n_objectives, 1);
  assert_int_equal(domain.points, 0);
  const struct joust_parameter *const *p = domain.space.parameters;
  assert_string_equal(p[0]->name, "lr");
  assert_int_equal(p[0]->kind, JOUST_REAL);
  assert_true(p[0]->lower == 1e-5 && p[0]->upper == 1 && p[0]->log_scale == 1);
  assert_null(p[0]->choices);
  assert_string_equal(domain.words[0].description, "rate");
  assert_int_equal(p[1]->kind, JOUST_INTEGER);
  assert_true(p[1]->lower == -3 && p[1]->upper == 12 && p[1]->log_scale == 0);
  assert_string_equal(domain.words[1].description, "");
  assert_string_equal(p[2]->name, "op1.a");
  assert_string_equal(p[3]->name, "op2.a");
  assert_int_equal(p[3]->kind, JOUST_CATEGORICAL);
  assert_int_equal(p[3]->n_choices, 2);
  assert_true(p[3]->lower == 0 && p[3]->upper == 1);
  assert_string_equal(p[3]->choices[1], "skip");
  assert_string_equal(domain.words[3].choices[0], "");
  assert_string_equal(domain.words[3].choices[1], "pass on");
  assert_int_equal(p[4]->kind, JOUST_ORDINAL);
  assert_int_equal(p[4]->n_choices, 3);
}

static void points_of_finite_spaces_are_counted(void **state) {
  (void)state;
  assert_int_equal(read("[{\"name\": \"a\", \"kind\": \"integer\", \"lower\": 1, \"upper\": 9},"
                        "{\"name\": \"b{}\", \"repeat\": 6, \"kind\": \"categorical\", \"choices\": "
                        "[\"1\", \"2\", \"3\", \"4\", \"5\"]}]"),
                   0);
  assert_int_equal(domain.points, 9 * 15625);
}

/* Everything around one mistake, so that each line below shows the mistake alone. */
#define REAL(rest)    "[{\"name\": \"a\", \"kind\": \"real\", " rest "}]"
#define INTEGER(rest) "[{\"name\": \"a\", \"kind\": \"integer\", " rest "}]"
#define CHOICES(rest) "[{\"name\": \"a\", \"kind\": \"ordinal\", " rest "}]"
#define NAMED(name)   "[{\"name\": " name ", \"kind\": \"real\", \"lower\": 0, \"upper\": 1}]"
#define NAME_RULE     "expected a name without spaces, quotes, '=' and ','"

static void mistakes_are_explained(void **state) {
  (void)state;
  static const struct {
    const char *text, *message;
  } cases[] = {
      {" []", "s.json:1:2: expected at least one parameter"},
      {"[3]", "s.json:1:2: expected an object that describes a parameter"},
      {"[{\"name\": \"a\"}]", "s.json:1:2: 'kind' is missing: expected a text"},
      {"[{\"kind\": \"reel\"}]", "s.json:1:11: kind 'reel': expected real, integer, categorical or ordinal"},
      {"[{\"kind\": \"real\", \"lower\": 0, \"upper\": 1}]", "s.json:1:2: 'name' is missing: expected a text"},
      {REAL("\"upper\": 1"), "s.json:1:2: 'lower' is missing: expected a number"},
      {REAL("\"lower\": 0"), "s.json:1:2: 'upper' is missing: expected a number"},
      {REAL("\"lower\": 0, \"uper\": 1"), "s.json:1:52: a parameter of numbers has no 'uper': did you mean 'upper'?"},
      {REAL("\"lower\": \"0\", \"upper\": 1"), "s.json:1:41: 'lower' is a text: expected a number"},
      {REAL("\"lower\": 0, \"upper\": 1e999"), "s.json:1:53: 'upper' is too large a number"},
      {REAL("\"lower\": 2, \"upper\": 1"),
       "s.json:1:2: parameter 'a': lower 2 and upper 1: expected finite numbers, lower not above upper"},
      {REAL("\"lower\": 0, \"upper\": 1, \"scale\": \"log\""),
       "s.json:1:2: parameter 'a': lower is 0: a log scale needs a number above 0"},
      {REAL("\"lower\": 0, \"upper\": 1, \"scale\": \"ln\""), "s.json:1:65: scale 'ln': expected linear or log"},
      {REAL("\"lower\": -1e308, \"upper\": 1e308"),
       "s.json:1:2: parameter 'a': lower -1e+308 and upper 1e+308: the range is too large for a number"},
      {REAL("\"lower\": 1e-300, \"upper\": 1e300, \"scale\": \"log\""),
       "s.json:1:2: parameter 'a': lower 1e-300 and upper 1e+300: the range is too large for a number"},
      {REAL("\"lower\": 0, \"upper\": 1, \"repeat\": 2"),
       "s.json:1:2: parameter 'a' is repeated: expected {} in its name for the number"},
      {REAL("\"lower\": 0, \"upper\": 1, \"repeat\": 0"),
       "s.json:1:66: 'repeat' is 0: expected a whole number from 1 to 10000"},
      {INTEGER("\"lower\": 0, \"upper\": 1.5"),
       "s.json:1:2: parameter 'a': bounds 0 and 1.5: expected whole numbers up to 2^53 in size"},
      {INTEGER("\"lower\": 0, \"upper\": 1e17"),
       "s.json:1:2: parameter 'a': bounds 0 and 1e+17: expected whole numbers up to 2^53 in size"},
      {INTEGER("\"lower\": 0, \"upper\": 9007199254740992"),
       "s.json:1:2: parameter 'a': bounds 0 and 9007199254740992: expected at most 2^53 values"},
      {CHOICES("\"lower\": 0"),
       "s.json:1:44: a parameter of choices has no 'lower': expected name, repeat, kind, description, choices"},
      {CHOICES("\"description\": \"\""), "s.json:1:2: 'choices' is missing: expected a list"},
      {CHOICES("\"choices\": {}"), "s.json:1:46: 'choices' is an object: expected a list"},
      {CHOICES("\"choices\": []"), "s.json:1:2: parameter 'a': 0 choices: expected 1 to 10000"},
      {CHOICES("\"choices\": [\"x\", 3]"), "s.json:1:52: expected an object that describes a choice, found a number"},
      {CHOICES("\"choices\": [\"x\", {}]"), "s.json:1:52: 'label' is missing: expected a text"},
      {CHOICES("\"choices\": [\"x\", \"\"]"), "s.json:1:52: expected a label of one line"},
      {CHOICES("\"choices\": [\"x\", \"y\\n\"]"), "s.json:1:52: expected a label of one line"},
      {CHOICES("\"choices\": [\"x\", \"y\", \"x\"]"),
       "s.json:1:2: parameter 'a': the label 'x' stands twice among the choices"},
      {NAMED("\"\""), "s.json:1:2: parameter '': " NAME_RULE},
      {NAMED("\"a b\""), "s.json:1:2: parameter 'a b': " NAME_RULE},
      {NAMED("\"a=\""), "s.json:1:2: parameter 'a=': " NAME_RULE},
      {NAMED("\"a,\""), "s.json:1:2: parameter 'a,': " NAME_RULE},
      {NAMED("\"a\\\"\""), "s.json:1:2: parameter 'a\"': " NAME_RULE},
      {NAMED("3"), "s.json:1:11: 'name' is a number: expected a text"},
      {"[{\"name\": \"a\", \"kind\": \"real\", \"lower\": 0, \"upper\": 1},\n"
       "{\"name\": \"a\", \"kind\": \"real\", \"lower\": 0, \"upper\": 1}]",
       "s.json:2:1: a second parameter 'a'"},
      {"[{\"name\": \"a2\", \"kind\": \"real\", \"lower\": 0, \"upper\": 1},\n"
       "{\"name\": \"a{}\", \"repeat\": 3, \"kind\": \"real\", \"lower\": 0, \"upper\": 1}]",
       "s.json:2:1: a second parameter 'a2'"},
      {"[{\"name\": \"a{}\", \"repeat\": 2000, \"kind\": \"real\", \"lower\": 0, \"upper\": 1},\n"
       "{\"name\": \"b{}\", \"repeat\": 8001, \"kind\": \"real\", \"lower\": 0, \"upper\": 1}]",
       "s.json:2:1: more than 10000 parameters"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(read(cases[i].text), JOUST_BAD_INPUT);
    assert_string_equal(error.message, cases[i].message);
    assert_int_equal(domain.space.n_parameters, 0);
    assert_null(domain.parameters);
  }
}

/* A small file must not ask for gigabytes. */
static void the_number_of_choices_is_limited(void **state) {
  (void)state;
  struct joust_text text = {0};
  joust_text_add(&text, "[{\"name\": \"a{}\", \"repeat\": 9999, \"kind\": \"ordinal\", \"choices\": [\"0\"");
  for (int i = 1; i < 200; i++) joust_text_addf(&text, ",\"%d\"", i);
  joust_text_add(&text, "]}]");
  assert_int_equal(read(joust_text_string(&text)), JOUST_BAD_INPUT);
  assert_string_equal(error.message, "s.json:1:2: more than 1000000 choices of all parameters");
  joust_text_clear(&text);
  joust_text_add(&text, "[{\"name\": \"a\", \"kind\": \"ordinal\", \"choices\": [\"0\"");
  for (int i = 1; i <= 10000; i++) joust_text_addf(&text, ",\"%d\"", i);
  joust_text_add(&text, "]}]");
  assert_int_equal(read(joust_text_string(&text)), JOUST_BAD_INPUT);
  assert_string_equal(error.message, "s.json:1:46: 10001 choices: expected at most 10000");
  joust_text_free(&text);
}

/* ---- fingerprints ------------------------------------------------------------------------------------------------ */

static void fingerprint_of(const char *text, char fingerprint[JOUST_HASH_SIZE]) {
  assert_int_equal(read(text), 0);
  assert_int_equal(strlen(domain.fingerprint), JOUST_HASH_SIZE - 1);
  strcpy(fingerprint, domain.fingerprint);
}

static void fingerprints_tell_spaces_apart(void **state) {
  (void)state;
  static const char *const texts[] = {
      REAL("\"lower\": 1, \"upper\": 2"),
      REAL("\"lower\": 1, \"upper\": 3"),
      REAL("\"lower\": 0, \"upper\": 2"),
      REAL("\"lower\": 1, \"upper\": 2, \"scale\": \"log\""),
      INTEGER("\"lower\": 1, \"upper\": 2"),
      NAMED("\"b\""),
      CHOICES("\"choices\": [\"x\", \"y\"]"),
      CHOICES("\"choices\": [\"y\", \"x\"]"),
      CHOICES("\"choices\": [\"x\", \"z\"]"),
      "[{\"name\": \"a\", \"kind\": \"categorical\", \"choices\": [\"x\", \"y\"]}]",
  };
  enum { N = sizeof texts / sizeof *texts };
  char fingerprints[N][JOUST_HASH_SIZE];
  for (int i = 0; i < N; i++) {
    fingerprint_of(texts[i], fingerprints[i]);
    for (int k = 0; k < i; k++) assert_string_not_equal(fingerprints[i], fingerprints[k]);
  }
}

static void fingerprints_do_not_see_words_and_layout(void **state) {
  (void)state;
  char plain[JOUST_HASH_SIZE], worded[JOUST_HASH_SIZE];
  fingerprint_of(CHOICES("\"choices\": [\"x\", \"y\"]"), plain);
  fingerprint_of("[{\"choices\": [{\"label\": \"x\", \"description\": \"X\"}, \"y\"], \"description\": \"d\",\n"
                 " \"kind\": \"ordinal\", \"name\": \"a\"}]",
                 worded);
  assert_string_equal(plain, worded);
  fingerprint_of("[{\"name\": \"a1\", \"kind\": \"ordinal\", \"choices\": [\"x\"]},"
                 " {\"name\": \"a2\", \"kind\": \"ordinal\", \"choices\": [\"x\"]}]",
                 plain);
  fingerprint_of("[{\"name\": \"a{}\", \"repeat\": 2, \"kind\": \"ordinal\", \"choices\": [\"x\"]}]", worded);
  assert_string_equal(plain, worded);
}

/* ---- spaces of evaluators ---------------------------------------------------------------------------------------- */

static const char *const labels[] = {"x", "y"};
static const struct joust_parameter good = {
    .name = "p", .kind = JOUST_CATEGORICAL, .n_choices = 2, .upper = 1, .choices = labels};

static int copy(const struct joust_parameter *parameter) {
  const struct joust_parameter *const list[] = {&good, parameter};
  struct joust_space space = {.struct_size = sizeof space, .n_parameters = 2, .n_objectives = 1, .parameters = list};
  joust_domain_free(&domain);
  return joust_domain_copy(&domain, &space, "nk", &error);
}

static void a_space_is_copied_deeply(void **state) {
  (void)state;
  char name[] = "q", *names[] = {joust_copy("one"), joust_copy("two")};
  struct joust_parameter p = {.name = name, .kind = JOUST_ORDINAL, .n_choices = 2, .upper = 1};
  p.choices = (const char *const *)names;
  assert_int_equal(copy(&p), 0);
  name[0] = 'z';
  free(names[0]);
  free(names[1]);
  assert_int_equal(domain.space.n_parameters, 2);
  assert_int_equal(domain.points, 4);
  assert_string_equal(domain.space.parameters[1]->name, "q");
  assert_string_equal(domain.space.parameters[1]->choices[1], "two");
  assert_string_equal(domain.words[1].description, "");
  assert_string_equal(domain.words[1].choices[1], "");
}

/* The same space has the same fingerprint, wherever it comes from. */
static void a_copy_is_the_same_space(void **state) {
  (void)state;
  char read_one[JOUST_HASH_SIZE];
  fingerprint_of("[{\"name\": \"p\", \"kind\": \"categorical\", \"choices\": [\"x\", \"y\"]},"
                 " {\"name\": \"lr\", \"kind\": \"real\", \"lower\": 1, \"upper\": 2, \"scale\": \"log\"}]",
                 read_one);
  const struct joust_parameter p = {.name = "lr", .kind = JOUST_REAL, .lower = 1, .upper = 2, .log_scale = 5};
  assert_int_equal(copy(&p), 0);
  assert_string_equal(domain.fingerprint, read_one);
}

static void bad_spaces_of_evaluators_are_refused(void **state) {
  (void)state;
  static const char *const hole[] = {"x", NULL}, *const twice[] = {"x", "x"};
  static const struct {
    struct joust_parameter parameter;
    const char *message;
  } cases[] = {
      {{.name = NULL, .kind = JOUST_REAL}, "nk made a space whose parameter 2 has no kind or no name of its own"},
      {{.name = "p", .kind = JOUST_REAL}, "nk made a space whose parameter 2 has no kind or no name of its own"},
      {{.name = "q", .kind = JOUST_REAL | JOUST_INTEGER},
       "nk made a space whose parameter 2 has no kind or no name of its own"},
      {{.name = "a b", .kind = JOUST_REAL}, "nk made a space with a bad parameter 'a b': " NAME_RULE},
      {{.name = "q", .kind = JOUST_REAL, .lower = NAN},
       "nk made a space with a bad parameter 'q': lower nan and upper 0: expected finite numbers, lower not above "
       "upper"},
      {{.name = "q", .kind = JOUST_INTEGER, .n_choices = 2},
       "nk made a space with a bad parameter 'q': 2 choices: expected none for numbers"},
      {{.name = "q", .kind = JOUST_ORDINAL, .n_choices = 2, .upper = 1},
       "nk made a space with a bad parameter 'q': 2 choices: expected 1 to 10000"},
      {{.name = "q", .kind = JOUST_ORDINAL, .n_choices = 2, .upper = 2, .choices = labels},
       "nk made a space with a bad parameter 'q': bounds 0 and 2: expected 0 and 1 for its choices, without a log "
       "scale"},
      {{.name = "q", .kind = JOUST_ORDINAL, .n_choices = 2, .upper = 1, .log_scale = 1, .choices = labels},
       "nk made a space with a bad parameter 'q': bounds 0 and 1: expected 0 and 1 for its choices, without a log "
       "scale"},
      {{.name = "q", .kind = JOUST_ORDINAL, .n_choices = 2, .upper = 1, .choices = hole},
       "nk made a space with a bad parameter 'q': choice 2 has no label of one line"},
      {{.name = "q", .kind = JOUST_ORDINAL, .n_choices = 2, .upper = 1, .choices = twice},
       "nk made a space with a bad parameter 'q': the label 'x' stands twice among the choices"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(copy(&cases[i].parameter), JOUST_RUN_FAILED);
    assert_string_equal(error.message, cases[i].message);
    assert_int_equal(domain.space.n_parameters, 0);
  }
  assert_int_equal(copy(NULL), JOUST_RUN_FAILED);
  assert_string_equal(error.message, "nk made a space whose parameter 2 has no kind or no name of its own");
}

static void spaces_of_no_size_are_refused(void **state) {
  (void)state;
  const struct joust_parameter *const list[] = {&good};
  struct joust_space space = {.struct_size = sizeof space, .parameters = list};
  assert_int_equal(joust_domain_copy(&domain, NULL, "nk", &error), JOUST_RUN_FAILED);
  assert_string_equal(error.message, "nk made a space of 0 parameters: expected 1 to 10000");
  assert_int_equal(joust_domain_copy(&domain, &space, "nk", &error), JOUST_RUN_FAILED);
  space.n_parameters = 10001;
  assert_int_equal(joust_domain_copy(&domain, &space, "nk", &error), JOUST_RUN_FAILED);
  assert_string_equal(error.message, "nk made a space of 10001 parameters: expected 1 to 10000");
}

/* ---- points ------------------------------------------------------------------------------------------------------ */

enum { LR, WIDTH, OP1, OP2, SIZE, N_VALUES };

static void points_inside_are_accepted(void **state) {
  (void)state;
  static const double points[][N_VALUES] = {
      {1e-5, -3, 0, 0, 0}, {1, 12, 1, 1, 2}, {0.5, -0.0, 1, 0, 1}, {0.123456789, 7, 0, 1, 0}};
  assert_int_equal(read(all_kinds), 0);
  for (size_t i = 0; i < sizeof points / sizeof *points; i++)
    assert_int_equal(joust_point_check(&domain.space, points[i], &error), 0);
}

static void points_outside_are_explained(void **state) {
  (void)state;
  static const struct {
    int parameter;
    double value;
    const char *message;
  } cases[] = {
      {LR, NAN, "parameter 'lr' is nan: expected a number from 1e-05 to 1"},
      {LR, 9e-6, "parameter 'lr' is 9e-06: expected a number from 1e-05 to 1"},
      {LR, 1 + 0x1p-52, "parameter 'lr' is 1.0000000000000002: expected a number from 1e-05 to 1"},
      {LR, INFINITY, "parameter 'lr' is inf: expected a number from 1e-05 to 1"},
      {WIDTH, 0.5, "parameter 'width' is 0.5: expected a whole number from -3 to 12"},
      {WIDTH, -4, "parameter 'width' is -4: expected a whole number from -3 to 12"},
      {WIDTH, 13, "parameter 'width' is 13: expected a whole number from -3 to 12"},
      {WIDTH, NAN, "parameter 'width' is nan: expected a whole number from -3 to 12"},
      {WIDTH, -INFINITY, "parameter 'width' is -inf: expected a whole number from -3 to 12"},
      {OP1, 2, "parameter 'op1.a' is 2: expected the index of a choice from 0 to 1"},
      {OP2, -1, "parameter 'op2.a' is -1: expected the index of a choice from 0 to 1"},
      {SIZE, 1.25, "parameter 'size' is 1.25: expected the index of a choice from 0 to 2"},
      {SIZE, 1e300, "parameter 'size' is 1e+300: expected the index of a choice from 0 to 2"},
  };
  assert_int_equal(read(all_kinds), 0);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double x[N_VALUES] = {0.5, 0, 0, 0, 0};
    x[cases[i].parameter] = cases[i].value;
    assert_int_equal(joust_point_check(&domain.space, x, &error), JOUST_RUN_FAILED);
    assert_string_equal(error.message, cases[i].message);
  }
}

static void points_are_printed(void **state) {
  (void)state;
  const double x[N_VALUES] = {0.001, -3, 0, 1, 2};
  struct joust_text out = {0};
  assert_int_equal(read(all_kinds), 0);
  joust_point_print(&domain.space, x, &out);
  assert_string_equal(joust_text_string(&out), "lr=0.001 width=-3 op1.a=none op2.a=skip size=l");
  joust_text_free(&out);
}

static void values_are_read_from_text(void **state) {
  (void)state;
  static const struct {
    int parameter;
    const char *text;
    double value;
  } cases[] = {{LR, "1e-5", 1e-5}, {LR, "0.25", 0.25}, {WIDTH, "-3", -3},
               {WIDTH, "1e1", 10}, {OP1, "skip", 1},   {SIZE, "l", 2}};
  assert_int_equal(read(all_kinds), 0);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double value = -99;
    assert_int_equal(joust_value_parse(domain.pointers[cases[i].parameter], cases[i].text, &value, &error), 0);
    assert_true(value == cases[i].value);
  }
}

static void bad_values_are_explained(void **state) {
  (void)state;
  static const struct {
    int parameter;
    const char *text, *message;
  } cases[] = {
      {LR, "2", "parameter 'lr' is '2': expected a number from 1e-05 to 1"},
      {LR, "x", "parameter 'lr' is 'x': expected a number from 1e-05 to 1"},
      {WIDTH, "1.5", "parameter 'width' is '1.5': expected a whole number from -3 to 12"},
      {WIDTH, "", "parameter 'width' is '': expected a whole number from -3 to 12"},
      {OP1, "skp", "parameter 'op1.a' has no choice 'skp': did you mean 'skip'?"},
      {OP1, "convolution", "parameter 'op1.a' has no choice 'convolution'"},
      {OP1, "1", "parameter 'op1.a' has no choice '1'"},
  };
  double value = -99;
  assert_int_equal(read(all_kinds), 0);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(joust_value_parse(domain.pointers[cases[i].parameter], cases[i].text, &value, &error),
                     JOUST_BAD_INPUT);
    assert_string_equal(error.message, cases[i].message);
  }
  assert_true(value == -99);
  assert_int_equal(read(INTEGER("\"lower\": 0, \"upper\": 12345678")), 0);
  joust_value_parse(domain.pointers[0], "-1", &value, &error);
  assert_string_equal(error.message, "parameter 'a' is '-1': expected a whole number from 0 to 12345678");
}

static void kinds_have_names(void **state) {
  (void)state;
  assert_string_equal(joust_kind_name(JOUST_REAL), "real");
  assert_string_equal(joust_kind_name(JOUST_INTEGER), "integer");
  assert_string_equal(joust_kind_name(JOUST_CATEGORICAL), "categorical");
  assert_string_equal(joust_kind_name(JOUST_ORDINAL), "ordinal");
  assert_string_equal(joust_kind_name(JOUST_ANY_KIND), "unknown");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(all_kinds_are_read, tear_down),
      cmocka_unit_test_teardown(points_of_finite_spaces_are_counted, tear_down),
      cmocka_unit_test_teardown(mistakes_are_explained, tear_down),
      cmocka_unit_test_teardown(the_number_of_choices_is_limited, tear_down),
      cmocka_unit_test_teardown(fingerprints_tell_spaces_apart, tear_down),
      cmocka_unit_test_teardown(fingerprints_do_not_see_words_and_layout, tear_down),
      cmocka_unit_test_teardown(a_space_is_copied_deeply, tear_down),
      cmocka_unit_test_teardown(a_copy_is_the_same_space, tear_down),
      cmocka_unit_test_teardown(bad_spaces_of_evaluators_are_refused, tear_down),
      cmocka_unit_test_teardown(spaces_of_no_size_are_refused, tear_down),
      cmocka_unit_test_teardown(points_inside_are_accepted, tear_down),
      cmocka_unit_test_teardown(points_outside_are_explained, tear_down),
      cmocka_unit_test_teardown(points_are_printed, tear_down),
      cmocka_unit_test_teardown(values_are_read_from_text, tear_down),
      cmocka_unit_test_teardown(bad_values_are_explained, tear_down),
      cmocka_unit_test(kinds_have_names),
  };
  return cmocka_run_group_tests_name("space", tests, NULL, NULL);
}
