/* The options of `eval`. */
#include "runtime/driver/eval_options.h"

#include "runtime/base/num.h"
#include "runtime/driver/threads.h"

#define BEGINNING "Evaluates controls over snapshots and writes findings to standard output.\n"
#define END                                                                                       \
    "Exit code: 0 all hold; 1 failures at or above --fail-on; 2 the input or the call is wrong; " \
    "3 "                                                                                          \
    "an answer is unknown or an\n"                                                                \
    "item was lost, under --strict."

static const char of_policies[] = BEGINNING
    "A POLICY is a .cbc image, a .cordon file, a folder with such files below it, or a module of "
    "the library; everything\n"
    "else is a SNAPSHOT: AWS Config data or Cordon's normalized form, also compressed with gzip; - "
    "for standard input.\n" END;
static const char of_an_image[] =
    BEGINNING "IMAGE.cbc is what `cordon build` makes of policies. A SNAPSHOT is AWS Config data "
              "or Cordon's normalized form, also\n"
              "compressed with gzip; - for standard input.\n" END;

static const struct {
    const char *command, *arguments, *description, *needs;
} programs[] = {
    [CD_EVAL_POLICIES] = {"cordon eval", "POLICY… SNAPSHOT…", of_policies,
                          "name a policy: a .cordon file, a folder of them, a .cbc image, or a "
                          "module of the library"},
    [CD_EVAL_IMAGE] = {"cordon-eval", "IMAGE.cbc SNAPSHOT…", of_an_image,
                       "name an image and at least one snapshot"},
};

void
cd_eval_command_init(struct cd_eval_command *c, struct cd_usage *usage, enum cd_eval_of of)
{
    struct cd_eval_options *o = &c->options;
    *c = (struct cd_eval_command){.format = "text", .fail_on = "low"};
    const struct cd_option table[CD_N_EVAL_OPTIONS] = {
        {.name = "param",
         .kind = CD_OPTION_MANY,
         .argument = "[module.]name=value",
         .values = &o->params,
         .help = "set a parameter: a bare scalar, or JSON"},
        {.name = "params",
         .kind = CD_OPTION_MANY,
         .argument = "FILE.yaml",
         .values = &o->params_files,
         .help = "set parameters from a file"},
        {.name = "format",
         .kind = CD_OPTION_CHOICE,
         .choices = "text|json|ndjson",
         .value = &c->format,
         .help = "how findings are written"},
        {.name = "baseline",
         .kind = CD_OPTION_VALUE,
         .argument = "FILE.json",
         .value = &o->baseline,
         .help = "say what is new, changed and fixed since this report (of --format json)"},
        {.name = "fail-on",
         .kind = CD_OPTION_CHOICE,
         .choices = "info|low|medium|high|critical",
         .value = &c->fail_on,
         .help = "the least severity whose failures give exit code 1 (low)"},
        {.name = "fail-on-new",
         .kind = CD_OPTION_FLAG,
         .flag = &o->fail_on_new,
         .help = "only failures that the baseline does not have give exit code 1"},
        {.name = "strict",
         .kind = CD_OPTION_FLAG,
         .flag = &o->strict,
         .help = "unknown answers, lost items and incomplete tables give exit code 3"},
        {.name = "only",
         .kind = CD_OPTION_MANY,
         .argument = "ID",
         .values = &o->only,
         .help = "run only this control, by id or module.name"},
        {.name = "skip",
         .kind = CD_OPTION_MANY,
         .argument = "ID",
         .values = &o->skip,
         .help = "leave this control out"},
        {.name = "max-findings",
         .kind = CD_OPTION_VALUE,
         .argument = "N",
         .value = &c->max_findings,
         .help = "write at most N findings; counts and exit code stay"},
        {.name = "complete",
         .kind = CD_OPTION_MANY,
         .argument = "TYPE",
         .values = &o->complete,
         .help = "take a type (or AWS::X::*) as collected whole"},
        {.name = "incomplete",
         .kind = CD_OPTION_MANY,
         .argument = "TYPE",
         .values = &o->incomplete,
         .help = "take it as not collected whole"},
        cd_threads_option(&c->threads),
    };
    memcpy(c->table, table, sizeof table);
    o->tool = programs[of].command;
    *usage = (struct cd_usage){programs[of].command,     programs[of].arguments,
                               programs[of].description, c->table,
                               CD_N_EVAL_OPTIONS,        programs[of].needs};
}

int
cd_eval_command_check(struct cd_eval_command *c, const struct cd_usage *usage)
{
    struct cd_eval_options *o = &c->options;
    o->format = strcmp(c->format, "json") == 0     ? CD_REPORT_JSON
                : strcmp(c->format, "ndjson") == 0 ? CD_REPORT_NDJSON
                                                   : CD_REPORT_TEXT;
    o->max_findings = UINT64_MAX;
    if (c->max_findings != NULL && !cd_parse_u64(cd_str_of(c->max_findings), &o->max_findings)) {
        return cd_usage_error(usage, "--max-findings is a number, not %s", c->max_findings);
    }
    if (o->fail_on_new && o->baseline == NULL) {
        return cd_usage_error(usage, "--fail-on-new: new since which report? --baseline FILE.json");
    }
    if (!cd_level_of(cd_str_of(c->fail_on), &o->fail_on)) {
        return cd_usage_error(usage, "--fail-on: no such severity: %s", c->fail_on);
    }
    return cd_threads_check(usage, c->threads, &o->n_threads);
}
