/* A table as LaTeX, Markdown and CSV. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/table_parts.h"

typedef void add_text(struct joust_text *out, const char *text);

static void add_number(struct joust_text *out, double value, int decimals) {
  joust_text_addf(out, "%.*f", decimals, value);
}

/* ---- LaTeX
 * --------------------------------------------------------------------------------------------------------------- */

static void add_latex(struct joust_text *out, const char *text) {
  static const struct {
    char c;
    const char *latex;
  } special[] = {{'\\', "\\textbackslash{}"},
                 {'~', "\\textasciitilde{}"},
                 {'^', "\\textasciicircum{}"},
                 {'&', "\\&"},
                 {'%', "\\%"},
                 {'$', "\\$"},
                 {'#', "\\#"},
                 {'_', "\\_"},
                 {'{', "\\{"},
                 {'}', "\\}"},
                 {'<', "\\textless{}"},
                 {'>', "\\textgreater{}"},
                 {'|', "\\textbar{}"}};
  for (; *text; text++) {
    size_t i = 0, n = sizeof special / sizeof *special;
    while (i < n && special[i].c != *text) i++;
    if (i < n)
      joust_text_add(out, special[i].latex);
    else if (strncmp(text, "±", 2) == 0)
      joust_text_add(out, "$\\pm$"), text++;
    else if (strncmp(text, "†", 3) == 0)
      joust_text_add(out, "$\\dagger$"), text += 2;
    else
      joust_text_add_n(out, (unsigned char)*text < 0x20 ? " " : text, 1);
  }
}

static void latex_cell(struct joust_text *out, const struct joust_table_cell *cell, int decimals) {
  if (isnan(cell->mean)) {
    joust_text_add(out, "--");
    return;
  }
  joust_text_add(out, cell->best ? "\\textbf{" : cell->level ? "\\underline{" : "");
  add_number(out, cell->mean, decimals);
  joust_text_add(out, cell->best || cell->level ? "}" : "");
  if (isnan(cell->sd)) return;
  joust_text_add(out, " $\\pm$ ");
  add_number(out, cell->sd, decimals);
}

static void latex_head(struct joust_text *out, const struct joust_table *table) {
  joust_text_add(out, "% \\usepackage{booktabs}, text in UTF-8\n\\begin{table}\n  \\centering\n  \\caption{");
  add_latex(out, table->title);
  joust_text_add(out, ". ");
  add_latex(out, table->note);
  joust_text_addf(out, "}\n  \\label{tab:%s}\n  \\begin{tabular}{l", table->name);
  for (size_t i = 0; i < table->n_columns; i++) joust_text_add(out, "r");
  joust_text_add(out, "}\n    \\toprule\n    optimiser");
  for (size_t i = 0; i < table->n_columns; i++) {
    joust_text_add(out, " & ");
    add_latex(out, table->columns[i].title);
  }
  joust_text_add(out, " \\\\\n    \\midrule\n");
}

void joust_table_latex(struct joust_text *out, const struct joust_table *table) {
  latex_head(out, table);
  for (size_t r = 0; r < table->n_rows; r++) {
    const struct joust_table_row *row = &table->rows[r];
    if (row->section) {
      joust_text_addf(out, "%s    \\multicolumn{%zu}{l}{\\emph{", r ? "    \\midrule\n" : "", table->n_columns + 1);
      add_latex(out, row->section);
      joust_text_add(out, "}} \\\\\n");
    }
    joust_text_add(out, "    ");
    add_latex(out, row->label);
    joust_text_add(out, row->source ? "$^\\dagger$" : "");
    for (size_t i = 0; i < table->n_columns; i++) {
      joust_text_add(out, " & ");
      latex_cell(out, &row->cells[i], table->columns[i].decimals);
    }
    joust_text_add(out, " \\\\\n");
  }
  joust_text_add(out, "    \\bottomrule\n  \\end{tabular}\n\\end{table}\n");
}

/* ---- Markdown
 * -------------------------------------------------------------------------------------------------------------- */

static void add_markdown(struct joust_text *out, const char *text) {
  for (; *text; text++) {
    if (strchr("\\|*_`[]<>", *text)) joust_text_add(out, "\\");
    joust_text_add_n(out, (unsigned char)*text < 0x20 ? " " : text, 1);
  }
}

/* Markdown has no underline of its own; HTML's is passed on by those who render it. */
static void markdown_cell(struct joust_text *out, const struct joust_table_cell *cell, int decimals) {
  if (isnan(cell->mean)) {
    joust_text_add(out, "–");
    return;
  }
  joust_text_add(out, cell->best ? "**" : cell->level ? "<u>" : "");
  add_number(out, cell->mean, decimals);
  joust_text_add(out, cell->best ? "**" : cell->level ? "</u>" : "");
  if (isnan(cell->sd)) return;
  joust_text_add(out, " ± ");
  add_number(out, cell->sd, decimals);
}

void joust_table_markdown(struct joust_text *out, const struct joust_table *table) {
  joust_text_add(out, "**");
  add_markdown(out, table->title);
  joust_text_add(out, ".** ");
  add_markdown(out, table->note);
  joust_text_add(out, "\n\n| optimiser |");
  for (size_t i = 0; i < table->n_columns; i++) {
    joust_text_add(out, " ");
    add_markdown(out, table->columns[i].title);
    joust_text_add(out, " |");
  }
  joust_text_add(out, "\n|---|");
  for (size_t i = 0; i < table->n_columns; i++) joust_text_add(out, "---:|");
  joust_text_add(out, "\n");
  for (size_t r = 0; r < table->n_rows; r++) {
    const struct joust_table_row *row = &table->rows[r];
    if (row->section) {
      joust_text_add(out, "| *");
      add_markdown(out, row->section);
      joust_text_add(out, "* |");
      for (size_t i = 0; i < table->n_columns; i++) joust_text_add(out, " |");
      joust_text_add(out, "\n");
    }
    joust_text_add(out, "| ");
    add_markdown(out, row->label);
    joust_text_add(out, row->source ? " † |" : " |");
    for (size_t i = 0; i < table->n_columns; i++) {
      joust_text_add(out, " ");
      markdown_cell(out, &row->cells[i], table->columns[i].decimals);
      joust_text_add(out, " |");
    }
    joust_text_add(out, "\n");
  }
}

/* ---- CSV: one row a number, with all its digits
 * ------------------------------------------------------------------------------ */

static void add_quoted(struct joust_text *out, const char *text) {
  if (!strpbrk(text, ",\"\r\n")) {
    joust_text_add(out, text);
    return;
  }
  joust_text_add(out, "\"");
  for (; *text; text++) joust_text_add_n(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
  joust_text_add(out, "\"");
}

static void add_exact(struct joust_text *out, double value) {
  char number[JOUST_NUMBER_SIZE];
  joust_text_add(out, ",");
  if (!isnan(value)) joust_text_add(out, joust_number(number, value));
}

void joust_table_csv(struct joust_text *out, const struct joust_table *table) {
  joust_text_add(out, "optimiser,at,column,mean,sd,n,best,not_worse,source\n");
  for (size_t r = 0; r < table->n_rows; r++) {
    const struct joust_table_row *row = &table->rows[r];
    for (size_t i = 0; i < table->n_columns; i++) {
      const struct joust_table_cell *cell = &row->cells[i];
      if (isnan(cell->mean) && cell->n == 0 && row->source) continue;
      add_quoted(out, row->label);
      joust_text_add(out, ",");
      add_quoted(out, row->at);
      joust_text_add(out, ",");
      add_quoted(out, table->columns[i].key);
      add_exact(out, cell->mean);
      add_exact(out, cell->sd);
      joust_text_addf(out, ",%u,%d,%d,", cell->n, cell->best, cell->best || cell->level);
      add_quoted(out, row->source ? row->source : "");
      joust_text_add(out, "\n");
    }
  }
}
