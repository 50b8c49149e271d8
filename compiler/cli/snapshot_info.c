/* `cordon snapshot info`: what a store holds. It is read in full, so that nothing in it is left
 * unchecked. */
#include "compiler/cli/snapshot.h"

#include <inttypes.h>
#include <unistd.h>

#include "runtime/base/num.h"
#include "runtime/column/snapshot.h"
#include "runtime/driver/exit.h"
#include "runtime/driver/options.h"
#include "runtime/report/report.h"
#include "runtime/store/store.h"

/* Rows of a table by what they are. */
struct counts {
    uint32_t resources, derived, superseded;
};

static struct counts
count_rows(const struct cd_table *t)
{
    struct counts n = {0, 0, 0};
    for (uint32_t row = 0; row < t->n; row++) {
        if (cd_table_is_dead(t, row)) {
            n.superseded++;
        } else if (cd_table_is_derived(t, row)) {
            n.derived++;
        } else {
            n.resources++;
        }
    }
    return n;
}

/* ---- for people ---- */

static void
put_time(struct cd_out *out, const char *before, int64_t ms)
{
    char text[32];
    cd_out_puts(out, before);
    cd_out_str(out, ms == INT64_MIN ? CD_STR("unknown") : cd_format_time(ms, text));
}

static void
put_sources_text(const struct cd_snapshot *s, struct cd_out *out)
{
    for (size_t i = 0; i < s->n_sources; i++) {
        const struct cd_source_info *info = &s->sources[i];
        cd_out_puts(out, "source ");
        cd_report_clean(out, info->file);
        cd_out_printf(out,
                      " (%.*s): %" PRIu64 " items: %" PRIu64 " resources, %" PRIu64
                      " deleted, %" PRIu64 " problems; %" PRIu64 " more in them",
                      CD_FMT(info->format), info->items, info->resources, info->deleted,
                      info->problems, info->derived);
        put_time(out, "; captured ", info->captured);
        cd_out_puts(out, "\n");
    }
}

static void
put_text(const char *path, const struct cd_snapshot *s, const struct cd_store_info *info,
         struct cd_out *out)
{
    cd_report_clean(out, cd_str_of(path));
    cd_out_printf(out, ": format %" PRIu32 ", built by Cordon ", info->version);
    cd_report_clean(out, info->builder);
    cd_out_printf(out, ", %" PRIu64 " bytes, %" PRIu64 " strings", info->size, info->n_strings);
    put_time(out, ", captured ", s->captured);
    cd_out_puts(out, "\n");
    put_sources_text(s, out);
    for (size_t i = 0; i < s->n_tables; i++) {
        struct counts n = count_rows(s->tables[i]);
        if (s->tables[i]->n == 0) {
            continue;
        }
        cd_out_printf(out, "  %10" PRIu32 "  ", n.resources + n.derived);
        cd_report_clean(out, cd_intern_str(&s->dict, s->tables[i]->type));
        if (n.derived > 0) {
            cd_out_printf(out, ", %" PRIu32 " of them inside other items", n.derived);
        }
        if (n.superseded > 0) {
            cd_out_printf(out, "; %" PRIu32 " more were superseded or deleted", n.superseded);
        }
        cd_out_puts(out, "\n");
    }
    cd_out_puts(out, "Every part of it holds.\n");
}

/* ---- for scripts ---- */

static void
put_types_json(const struct cd_snapshot *s, struct cd_buf *b)
{
    const char *before = "\n{\"type\":";
    for (size_t i = 0; i < s->n_tables; i++) {
        struct counts n = count_rows(s->tables[i]);
        if (s->tables[i]->n == 0) {
            continue;
        }
        cd_buf_puts(b, before);
        before = ",\n{\"type\":";
        cd_buf_json_str(b, cd_intern_str(&s->dict, s->tables[i]->type));
        cd_buf_printf(
            b, ",\"resources\":%" PRIu32 ",\"derived\":%" PRIu32 ",\"superseded\":%" PRIu32 "}",
            n.resources, n.derived, n.superseded);
    }
}

static void
put_json(const struct cd_snapshot *s, const struct cd_store_info *info, struct cd_buf *b)
{
    cd_buf_printf(b, "{\"schema\":1,\"format\":%" PRIu32 ",\"builder\":", info->version);
    cd_buf_json_str(b, info->builder);
    cd_buf_printf(b, ",\"bytes\":%" PRIu64 ",\"strings\":%" PRIu64 ",", info->size,
                  info->n_strings);
    cd_buf_puts(b, "\"captured\":");
    cd_time_json(s->captured, b);
    cd_buf_puts(b, ",\n\"snapshots\":[");
    for (size_t i = 0; i < s->n_sources; i++) {
        cd_buf_puts(b, i == 0 ? "\n" : ",\n");
        cd_source_json(&s->sources[i], b);
    }
    cd_buf_puts(b, "],\n\"types\":[");
    put_types_json(s, b);
    cd_buf_puts(b, "]}\n");
}

/* ---- all of it ---- */

static cordon_status
load(struct cd_snapshot *s, const char *path, struct cd_store_info *info, struct cordon_error *err)
{
    s->keeps_problems = true;
    CORDON_TRY(cd_store_read(s, path, true, err));
    CORDON_TRY(cd_snapshot_seal(s, err));
    return cd_store_inspect(s, info, err);
}

static int
tell(const char *path, bool is_json)
{
    struct cd_snapshot s;
    struct cd_store_info info;
    struct cd_out out;
    struct cd_buf b = CD_BUF_INIT;
    struct cordon_error err = {.code = CORDON_OK};
    int code;
    cordon_status status = cd_snapshot_init(&s, (struct cd_projection){.all = true});
    if (status != CORDON_OK) {
        return cd_cli_fail(status, &err);
    }
    status = load(&s, path, &info, &err);
    if (status != CORDON_OK) {
        code = cd_cli_fail(status, &err);
    } else {
        cd_out_init(&out, STDOUT_FILENO, "standard output");
        if (is_json) {
            put_json(&s, &info, &b);
            cd_out_buf(&out, &b);
        } else {
            put_text(path, &s, &info, &out);
        }
        code = cd_cli_finish(&out, CD_EXIT_HOLDS);
    }
    cd_buf_finish(&b);
    cd_snapshot_finish(&s);
    return code;
}

int
cd_snapshot_info(int argc, char **argv)
{
    const char *format = "text";
    const struct cd_option options[] = {
        {.name = "format",
         .kind = CD_OPTION_CHOICE,
         .choices = "text|json",
         .help = "how it is written",
         .value = &format},
    };
    const struct cd_usage usage = {
        "cordon snapshot info",
        "FILE.cbs [--format text|json]",
        "Writes what a store holds: its sources, and how many resources there are of each type. "
        "All of the file is read and\n"
        "checked; one that was changed or damaged is refused, with exit code 2.",
        options,
        CD_ARRAY_LEN(options),
        "name a store"};
    size_t n;
    int code;
    if (!cd_options_read(&usage, argc, argv, &n, &code)) {
        return code;
    }
    cd_options_finish(&usage);
    if (n > 1) {
        return cd_usage_error(&usage, "one store at a time");
    }
    if (cd_snapshot_check_store(&usage, argv[1]) != CD_EXIT_HOLDS) {
        return CD_EXIT_WRONG;
    }
    return tell(argv[1], strcmp(format, "json") == 0);
}
