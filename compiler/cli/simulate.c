/* `cordon simulate`: requests and the policies around them, a line each, to decisions. */
#include <stdlib.h>
#include <unistd.h>

#include "compiler/cli/verbs.h"
#include "runtime/driver/options.h"
#include "runtime/iam/simulate.h"
#include "runtime/ingest/source.h"

#define READ_SIZE ((size_t)1 << 20)

struct run {
    struct cd_simulator *simulator;
    struct cd_source source;
    struct cd_out out;
    struct cd_buf answers;
    char *bytes; /* what was read and not answered yet */
    size_t n, cap;
    uint64_t number;  /* of the last line */
    bool is_too_long; /* the rest of the line is dropped */
    bool some_failed; /* a line is wrong, or its answer unknown */
    struct cordon_error err;
};

static bool
is_blank(struct cd_str line)
{
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] != ' ' && line.p[i] != '\t' && line.p[i] != '\r') {
            return false;
        }
    }
    return true;
}

static cordon_status
answer(struct run *r, struct cd_str line)
{
    enum cd_simulated simulated;
    r->number++;
    if (r->is_too_long) {
        r->is_too_long = false;
        r->some_failed = true;
        cd_simulate_too_long(r->number, &r->answers);
    } else if (!is_blank(line)) {
        if (cd_simulate_line(r->simulator, line, r->number, &r->answers, &simulated) != CORDON_OK) {
            return cordon_fail(&r->err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
        }
        r->some_failed = r->some_failed || simulated != CD_SIMULATED;
    }
    if (r->answers.n >= READ_SIZE) {
        cd_out_buf(&r->out, &r->answers);
    }
    return r->out.failed != 0 ? CORDON_EIO : CORDON_OK;
}

/* Answers the whole lines, and keeps the beginning of the last one. */
static cordon_status
answer_lines(struct run *r, size_t searched)
{
    size_t from = 0;
    for (;;) {
        char *newline = memchr(r->bytes + searched, '\n', r->n - searched);
        if (newline == NULL) {
            break;
        }
        size_t to = (size_t)(newline - r->bytes);
        CORDON_TRY(answer(r, (struct cd_str){r->bytes + from, to - from}));
        from = searched = to + 1;
    }
    memmove(r->bytes, r->bytes + from, r->n - from);
    r->n -= from;
    if (r->n > CD_SIMULATE_LINE_LIMIT) {
        r->is_too_long = true;
        r->n = 0;
    }
    return CORDON_OK;
}

static cordon_status
make_room(struct run *r)
{
    if (r->cap - r->n < READ_SIZE) {
        char *larger = realloc(r->bytes, 2 * r->cap + READ_SIZE);
        if (larger == NULL) {
            return cordon_fail(&r->err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
        }
        r->bytes = larger;
        r->cap = 2 * r->cap + READ_SIZE;
    }
    return CORDON_OK;
}

/* Whoever waits for an answer before asking again gets it: what is answered is written before more
 * is read. */
static cordon_status
answer_source(struct run *r)
{
    size_t got;
    do {
        CORDON_TRY(make_room(r));
        size_t searched = r->n;
        CORDON_TRY(cd_source_read(&r->source, r->bytes + r->n, READ_SIZE, &got, &r->err));
        r->n += got;
        CORDON_TRY(answer_lines(r, searched));
        cd_out_buf(&r->out, &r->answers);
        cd_out_flush(&r->out);
    } while (got != 0 && r->out.failed == 0);
    if (r->n != 0 || r->is_too_long) {
        CORDON_TRY(answer(r, (struct cd_str){r->bytes, r->n}));
        cd_out_buf(&r->out, &r->answers);
    }
    return CORDON_OK;
}

static cordon_status
answer_file(struct run *r, const char *path)
{
    struct cordon_error inner;
    r->n = 0;
    r->number = 0;
    cordon_status status = cd_source_open(&r->source, path, NULL, &r->err);
    if (status == CORDON_OK) {
        status = answer_source(r);
        cd_source_close(&r->source);
    }
    if (status == CORDON_EIO && r->out.failed != 0) {
        return CORDON_OK; /* said when the stream is finished */
    }
    if (status != CORDON_OK && status != CORDON_ENOMEM) {
        inner = r->err;
        return cordon_fail(&r->err, status, CORDON_NO_OFFSET, "%.200s: %.300s", path,
                           inner.message);
    }
    return status;
}

static int
simulate(struct run *r, const char *const *paths, size_t n, bool strict)
{
    static const char *const standard_input[] = {"-"};
    cordon_status status = CORDON_OK;
    r->simulator = cd_simulator_new();
    if (r->simulator == NULL) {
        status = cordon_fail(&r->err, CORDON_ENOMEM, CORDON_NO_OFFSET, "out of memory");
    }
    cd_out_init(&r->out, STDOUT_FILENO, "standard output");
    for (size_t i = 0; i < (n == 0 ? 1 : n) && status == CORDON_OK; i++) {
        status = answer_file(r, n == 0 ? standard_input[0] : paths[i]);
    }
    int code = status != CORDON_OK        ? cd_cli_fail(status, &r->err)
               : strict && r->some_failed ? CD_EXIT_UNDECIDED
                                          : CD_EXIT_HOLDS;
    code = cd_cli_finish(&r->out, code);
    cd_simulator_free(r->simulator);
    cd_buf_finish(&r->answers);
    free(r->bytes);
    return code;
}

int
cd_verb_simulate(int argc, char **argv)
{
    struct run r = {.n = 0};
    bool strict = false;
    const struct cd_option options[] = {
        {.name = "strict",
         .kind = CD_OPTION_FLAG,
         .flag = &strict,
         .help = "exit with 3 if a line is wrong or its answer unknown"},
    };
    const struct cd_usage usage = {
        "cordon simulate",
        "[--strict] [FILE…]",
        "Says what policy documents decide about requests: from each line of JSON\n"
        "  "
        "{\"id\",\"scps\":[{\"orgIdentifier\",\"policies\":[{\"name\",\"policy\"}]}],\"rcps\":[…],"
        "\n"
        "   "
        "\"identityPolicies\":[{\"name\",\"policy\"}],\"resourcePolicy\",\"permissionBoundaries\":["
        "…],\n"
        "   \"sessionPolicy\",\"vpcEndpointPolicies\":[…],\"managementAccountId\",\"partial\",\n"
        "   \"request\":{\"principal\",\"action\",\"resource\",\"accountId\",\"context\"}}\n"
        "of which only request is needed, it makes a line\n"
        "  {\"id\",\"decision\":\"allowed|explicit_deny|implicit_deny|unknown\",\n"
        "   \"because\":[{\"policy\",\"sid\",\"index\",\"kind\"}],\"missing\":[…],"
        "\"warnings\":[…]}\n"
        "or {\"id\",\"error\"}. A key that the context leaves out is absent; with \"partial\":true "
        "it is\n"
        "unknown. Without a FILE (or with -) standard input is read; files may be compressed.\n"
        "docs/SIMULATE.md says which rules apply.\n"
        "Exit code: 0; 2 if a file cannot be read; with --strict 3 if a line is wrong or unknown.",
        options,
        CD_ARRAY_LEN(options),
        NULL};
    size_t n;
    int code;
    if (!cd_options_read(&usage, argc, argv, &n, &code)) {
        return code;
    }
    code = simulate(&r, (const char *const *)(argv + 1), n, strict);
    cd_options_finish(&usage);
    return code;
}
