/* From a program and snapshots to a report and an exit code. */
#include "runtime/driver/eval_run.h"

#include <stdio.h>
#include <unistd.h>

#include "runtime/base/nearest.h"
#include "runtime/driver/load.h"
#include "runtime/driver/read.h"
#include "runtime/report/baseline.h"
#include "runtime/schema/schema.h"
#include "runtime/store/store.h"

/* Of a report on a store that is written only once all of it is sure to hold. */
#define MOST_HELD ((size_t)64 << 20)

/* What one run owns. */
struct run {
    const struct cd_program *program;
    const struct cd_eval_options *options;
    struct cd_arena arena;
    struct cd_params *params;
    struct cd_bound_params bound;
    struct cd_snapshot snapshot;
    bool has_snapshot;
    struct cd_eval *eval;
    bool *selected; /* by control */
    struct cd_baseline baseline;
    struct cd_comparison comparison;
};

static cordon_status
bind_params(struct run *run, struct cordon_error *err)
{
    const struct cd_eval_options *o = run->options;
    CORDON_TRY(cd_params_new(&run->params));
    for (size_t i = 0; i < o->params_files.n; i++) {
        struct cd_str text;
        CORDON_TRY(cd_file_read(o->params_files.items[i], 16u << 20, &run->arena, &text, err));
        CORDON_TRY(cd_params_add_yaml(run->params, cd_str_of(o->params_files.items[i]), text, err));
    }
    for (size_t i = 0; i < o->params.n; i++) {
        CORDON_TRY(cd_params_add_text(run->params, cd_str_of(o->params.items[i]), err));
    }
    return cd_params_bind(run->params, run->program->img, &run->arena, &run->bound, err);
}

static bool
control_is_named(const struct cd_image *img, const struct cd_control *c, struct cd_str word)
{
    return cd_str_eq(cd_image_str(img, c->name), word)
           || (c->id != CD_NONE && cd_str_eq(cd_image_str(img, c->id), word));
}

/* Sets SELECTED to VALUE for the controls that WORD names; an unknown word is an error. */
static cordon_status
select_named(struct run *run, const char *word, const char *option, bool value,
             struct cordon_error *err)
{
    const struct cd_image *img = run->program->img;
    bool found = false;
    struct cd_nearest near;
    cd_nearest_init(&near, cd_str_of(word));
    for (size_t c = 0; c < img->controls.n; c++) {
        cd_nearest_try(&near, cd_image_str(img, img->controls.items[c].name));
        cd_nearest_try(&near, cd_image_str(img, img->controls.items[c].id));
        if (control_is_named(img, &img->controls.items[c], cd_str_of(word))) {
            run->selected[c] = value;
            found = true;
        }
    }
    if (!found && near.best.n > 0) {
        return cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                           "%s %s: no control has this id or name; did you mean %.*s?", option,
                           word, CD_FMT(near.best));
    }
    if (!found) {
        return cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                           "%s %s: no control has this id or name (ids are as in the metadata, "
                           "names are module.control)",
                           option, word);
    }
    return CORDON_OK;
}

static cordon_status
select_controls(struct run *run, struct cordon_error *err)
{
    const struct cd_image *img = run->program->img;
    const struct cd_eval_options *o = run->options;
    run->selected = CD_NEW_ARRAY(&run->arena, img->controls.n + 1, bool);
    if (run->selected == NULL) {
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    for (size_t c = 0; c < img->controls.n; c++) {
        run->selected[c] = o->only.n == 0 && img->controls.items[c].selected != 0;
    }
    for (size_t i = 0; i < o->only.n; i++) {
        CORDON_TRY(select_named(run, o->only.items[i], "--only", true, err));
    }
    for (size_t i = 0; i < o->skip.n; i++) {
        CORDON_TRY(select_named(run, o->skip.items[i], "--skip", false, err));
    }
    return CORDON_OK;
}

/* Is TYPE, exact or with a trailing `*`, one that there is? */
static bool
is_type(struct cd_str type, struct cd_nearest *nearest)
{
    bool is_open = type.n > 0 && type.p[type.n - 1] == '*';
    struct cd_str before = cd_str_sub(type, 0, type.n - is_open);
    for (uint32_t i = 0; i < cd_schema_n_shapes(); i++) {
        struct cd_schema_shape shape = cd_schema_shape_at(i);
        if (shape.is_resource
            && (is_open ? cd_str_starts(shape.name, before) : cd_str_eq(shape.name, type))) {
            return true;
        }
        if (shape.is_resource) {
            cd_nearest_try(nearest, shape.name);
        }
    }
    return is_open && before.n == 0;
}

static cordon_status
check_types(const struct cd_values *types, const char *option, struct cordon_error *err)
{
    for (size_t i = 0; i < types->n; i++) {
        struct cd_nearest nearest;
        cd_nearest_init(&nearest, cd_str_of(types->items[i]));
        if (!is_type(cd_str_of(types->items[i]), &nearest)) {
            bool has_best = nearest.best.p != NULL;
            return cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                               "%s %s: no such resource type%s%.*s%s", option, types->items[i],
                               has_best ? "; did you mean " : "", CD_FMT(nearest.best),
                               has_best ? "?" : "");
        }
    }
    return CORDON_OK;
}

/* The user's word on completeness goes before the sources'. */
static cordon_status
override_completeness(struct run *run, struct cordon_error *err)
{
    const struct cd_eval_options *o = run->options;
    struct cd_snapshot *s = &run->snapshot;
    bool ok = true;
    for (size_t i = 0; i < o->complete.n; i++) {
        struct cd_str type = cd_str_of(o->complete.items[i]);
        size_t kept = 0;
        for (size_t k = 0; k < s->n_lost; k++) {
            if (!cd_str_eq(s->lost[k].type, type)) {
                s->lost[kept++] = s->lost[k];
            }
        }
        s->n_lost = kept;
        ok = ok && cd_snapshot_complete(s, type, CD_NO_STR, CD_NO_STR);
    }
    for (size_t i = 0; i < o->incomplete.n; i++) {
        ok = ok && cd_snapshot_lost(s, cd_str_of(o->incomplete.items[i]), CD_NO_STR, CD_NO_STR);
    }
    return ok ? CORDON_OK : cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
}

static bool
reads_envelopes(const struct cd_image *img)
{
    for (size_t i = 0; i < img->sections.n; i++) {
        if (img->sections.items[i].kind == CD_SECTION_TABLE
            && img->sections.items[i].shape == CD_NONE) {
            return true;
        }
    }
    for (size_t i = 0; i < img->code.n; i++) {
        if (img->code.items[i].op == CD_OP_TABLE && img->code.items[i].a == CD_NONE) {
            return true;
        }
    }
    return false;
}

static cordon_status
read_snapshots(struct run *run, const struct cd_values *snapshots, struct cordon_error *err)
{
    const struct cd_image *img = run->program->img;
    const struct cd_reading how = {.n_threads = run->options->n_threads};
    CORDON_TRY(cd_snapshot_init(
        &run->snapshot, (struct cd_projection){.img = img, .envelopes = reads_envelopes(img)}));
    run->has_snapshot = true;
    run->snapshot.keeps_deletions = run->options->baseline != NULL;
    CORDON_TRY(cd_driver_read(&run->snapshot, snapshots->items, snapshots->n, how, err));
    CORDON_TRY(override_completeness(run, err));
    return cd_snapshot_seal(&run->snapshot, err);
}

static void
warn_of_waivers(const struct run *run)
{
    const struct cd_image *img = run->program->img;
    for (uint32_t w = 0; w < img->waives.n; w++) {
        const struct cd_waive_info *info = &img->waives.items[w];
        const struct cd_place *p = &img->places.items[info->place];
        if (run->selected[info->control] && !cd_eval_waive_used(run->eval, w)) {
            struct cd_str file = cd_image_str(img, img->files.items[p->file]);
            fprintf(
                stderr,
                "%s: warning: %.*s:%u:%u: this waiver matches no failing resource, or has ended\n",
                run->options->tool, CD_FMT(file), p->line, p->column);
        }
    }
}

/* Is there a failure that counts for exit code 1? */
static bool
has_failed(const struct run *run, const struct cd_report *r)
{
    const struct cd_image *img = run->program->img;
    size_t n;
    const struct cd_answer *answers = cd_eval_answers(run->eval, &n);
    for (size_t i = 0; i < n; i++) {
        const struct cd_answer *a = &answers[i];
        if (a->verdict == CD_FAIL && img->controls.items[a->control].level >= run->options->fail_on
            && (!run->options->fail_on_new
                || cd_change_is_new_failure(cd_change_of(r, a), a->verdict))) {
            return true;
        }
    }
    return false;
}

static bool
is_undecided(const struct run *run)
{
    const struct cd_control_result *results = cd_eval_results(run->eval);
    bool undecided = false;
    for (size_t i = 0; i < run->snapshot.n_sources; i++) {
        undecided = undecided || run->snapshot.sources[i].problems != 0; /* an item was lost */
    }
    for (size_t c = 0; c < run->program->img->controls.n; c++) {
        const struct cd_control_result *r = &results[c];
        undecided =
            undecided
            || (r->ran && (r->unknown != 0 || r->verdict == CD_UNKNOWN_VERDICT || !r->complete));
    }
    return undecided;
}

static struct cd_report
report_of(const struct run *run)
{
    const struct cd_eval_options *o = run->options;
    return (struct cd_report){
        .img = run->program->img,
        .params = &run->bound,
        .snapshot = &run->snapshot,
        .eval = run->eval,
        .format = o->format,
        .colour = o->format == CD_REPORT_TEXT && cd_out_wants_colour(STDOUT_FILENO),
        .max_findings = o->max_findings,
        .comparison = run->comparison.baseline == NULL ? NULL : &run->comparison,
    };
}

static int
verdict_exit(const struct run *run)
{
    const struct cd_report r = report_of(run);
    if (has_failed(run, &r)) {
        return CD_EXIT_FINDINGS;
    }
    return run->options->strict && is_undecided(run) ? CD_EXIT_UNDECIDED : CD_EXIT_HOLDS;
}

static cordon_status
report(struct run *run, struct cordon_error *err)
{
    struct cd_out out;
    const struct cd_report r = report_of(run);
    cd_out_init(&out, STDOUT_FILENO, "standard output");
    if (run->snapshot.backing != NULL) {
        cd_out_hold(&out, MOST_HELD); /* strings of a store are checked when they are asked for */
    }
    cordon_status status = cd_report_write(&r, &out, err);
    if (status == CORDON_OK) {
        status = cd_store_check(&run->snapshot, err);
    }
    if (status != CORDON_OK) {
        cd_out_drop(&out);
    }
    cordon_status written = cd_out_finish(&out, status == CORDON_OK ? err : NULL);
    return status != CORDON_OK ? status : written;
}

static cordon_status
read_baseline(struct run *run, const struct cd_values *snapshots, struct cordon_error *err)
{
    const char *path = run->options->baseline;
    struct cd_arena arena;
    struct cd_str text;
    bool is_stdin = path != NULL && strcmp(path, "-") == 0;
    for (size_t i = 0; is_stdin && i < snapshots->n; i++) {
        if (strcmp(snapshots->items[i], "-") == 0) {
            return cordon_fail(err, CORDON_EUSAGE, CORDON_NO_OFFSET,
                               "--baseline -: standard input is the snapshot, too");
        }
    }
    if (path == NULL) {
        return CORDON_OK;
    }
    cd_arena_init(&arena);
    cordon_status status = cd_file_read(path, CD_BASELINE_MOST_BYTES, &arena, &text, err);
    if (status == CORDON_OK) {
        status = cd_baseline_read(is_stdin ? "standard input" : path, text, &run->baseline, err);
    }
    cd_arena_finish(&arena);
    return status;
}

static cordon_status
compare(struct run *run, struct cordon_error *err)
{
    const struct cd_report r = report_of(run);
    return run->options->baseline == NULL
               ? CORDON_OK
               : cd_compare(&r, &run->baseline, &run->arena, &run->comparison, err);
}

static cordon_status
evaluate(struct run *run, const struct cd_values *snapshots, struct cordon_error *err)
{
    CORDON_TRY(bind_params(run, err));
    CORDON_TRY(select_controls(run, err));
    CORDON_TRY(check_types(&run->options->complete, "--complete", err));
    CORDON_TRY(check_types(&run->options->incomplete, "--incomplete", err));
    CORDON_TRY(read_baseline(run, snapshots, err));
    CORDON_TRY(read_snapshots(run, snapshots, err));
    CORDON_TRY(
        cd_eval_new(run->program, &run->bound, &run->snapshot, run->selected, &run->eval, err));
    CORDON_TRY(cd_eval_run(run->eval, err));
    CORDON_TRY(compare(run, err));
    CORDON_TRY(cd_store_check(&run->snapshot, err));
    warn_of_waivers(run);
    size_t n_answers = 0;
    cd_eval_answers(run->eval, &n_answers);
    if (run->options->format == CD_REPORT_NDJSON) {
        cd_report_tell_problems(&run->snapshot,
                                "problem: ", " at byte "); /* NDJSON has findings only */
    }
    if (run->options->format == CD_REPORT_NDJSON && n_answers > run->options->max_findings) {
        fprintf(stderr, "%s: %zu findings in all, %llu written\n", run->options->tool, n_answers,
                (unsigned long long)run->options->max_findings);
    }
    return report(run, err);
}

int
cd_eval_files(const struct cd_program *program, const struct cd_eval_options *options,
              const struct cd_values *snapshots)
{
    struct run run = {.program = program, .options = options};
    struct cordon_error err = {.code = CORDON_OK};
    int code;
    cd_arena_init(&run.arena);
    cordon_status status = evaluate(&run, snapshots, &err);
    if (status == CORDON_OK) {
        code = verdict_exit(&run);
    } else {
        code = cd_cli_fail(status, &err);
    }
    cd_eval_free(run.eval);
    cd_baseline_finish(&run.baseline);
    if (run.has_snapshot) {
        cd_snapshot_finish(&run.snapshot);
    }
    cd_params_free(run.params);
    cd_arena_finish(&run.arena);
    return code;
}

int
cd_eval_image(const char *path, const struct cd_eval_options *options,
              const struct cd_values *snapshots)
{
    struct cd_loaded loaded = {.has_arena = false};
    struct cordon_error err = {.code = CORDON_OK};
    cordon_status status = cd_loaded_file(path, &loaded, &err);
    int code = status == CORDON_OK ? cd_eval_files(&loaded.program, options, snapshots)
                                   : cd_cli_fail(status, &err);
    cd_loaded_finish(&loaded);
    return code;
}
