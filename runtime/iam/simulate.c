/* The simulator: a line becomes a question, and its decision a line. */
#include "runtime/iam/simulate.h"

#include <stdlib.h>

#include "runtime/iam/simulate_line.h"
#include "runtime/schema/schema.h"

struct cd_simulator *
cd_simulator_new(void)
{
    struct cd_simulator *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return NULL;
    }
    cd_arena_init(&s->arena);
    s->cache = cd_policy_cache_new();
    s->dom = cd_dom_new();
    s->bucket_quota = cd_quota_of(CD_QUOTA_BUCKET_POLICY, CD_STR("")).max_bytes;
    s->key_quota = cd_quota_of(CD_QUOTA_KEY_POLICY, CD_STR("")).max_bytes;
    if (s->cache == NULL || s->dom == NULL) {
        cd_simulator_free(s);
        return NULL;
    }
    return s;
}

void
cd_simulator_free(struct cd_simulator *s)
{
    if (s != NULL) {
        cd_policy_cache_free(s->cache);
        cd_dom_free(s->dom);
        cd_decided_finish(&s->decided);
        cd_arena_finish(&s->arena);
        free(s);
    }
}

/* Of a line that broke off before its id: the id, if it is there and the line is JSON. */
static void
find_id(struct cd_line *l)
{
    struct cd_cursor whole = l->at;
    struct cd_dom_val root, id;
    struct cd_buf text = CD_BUF_INIT;
    if (l->has_id
        || cd_dom_parse(l->s->dom, (struct cd_str){whole.p, (size_t)(whole.end - whole.p)}, false,
                        &root)
               != CD_DOM_OK
        || !cd_dom_member(root, CD_STR("id"), &id)) {
        return;
    }
    double number;
    if (cd_dom_kind(id) == CD_DOM_STRING) {
        cd_buf_json_str(&text, cd_dom_str(id));
    } else if (cd_dom_kind(id) == CD_DOM_NUMBER && cd_dom_number(id, &number)) {
        cd_buf_number(&text, number);
    }
    l->id = text.n == 0 ? CD_STR("") : cd_arena_str(&l->s->arena, cd_buf_view(&text));
    cd_buf_finish(&text);
}

void
cd_simulate_too_long(uint64_t number, struct cd_buf *out)
{
    cd_line_error(CD_STR(""), number, CD_STR("longer than 64 MB"), out);
}

cordon_status
cd_simulate_line(struct cd_simulator *s, struct cd_str line, uint64_t number, struct cd_buf *out,
                 enum cd_simulated *simulated)
{
    static const struct cd_str mark = CD_STR_INIT("\xef\xbb\xbf"); /* as files of Windows begin */
    line = cd_str_starts(line, mark) ? cd_str_sub(line, mark.n, line.n) : line;
    struct cd_line l = {.s = s, .at = {line.p, line.p + line.n}};
    struct cd_arena_mark empty = cd_arena_mark(&s->arena);
    *simulated = CD_SIMULATED_WRONG;
    if (cd_line_read(&l)) {
        l.oom = !cd_decide(&l.q, &s->decided);
        cd_line_answer(&l, &s->decided, out);
        *simulated = s->decided.decision == CD_UNDECIDED ? CD_SIMULATED_UNKNOWN : CD_SIMULATED;
    } else if (!l.oom) {
        l.at = (struct cd_cursor){line.p, line.p + line.n};
        find_id(&l);
        cd_line_error(l.id, number, l.error, out);
    }
    cd_arena_reset(&s->arena, empty);
    cd_policy_cache_trim(s->cache);
    return l.oom || out->oom ? CORDON_ENOMEM : CORDON_OK;
}
