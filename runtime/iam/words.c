/* The automaton of several patterns. A state is the set of steps, over all patterns, that may come
 * next; a pattern matches where the step behind its last one is among them. */
#include "runtime/iam/words.h"

#include <string.h>

enum step_kind { STEP_BYTE, STEP_ONE, STEP_STAR, STEP_END };

struct cd_words_step {
    uint8_t kind;
    uint8_t flags; /* CD_WORDS_NO_… of wildcards */
    bool nocase;
    char byte;
    uint32_t pattern;
};

/* ---- patterns ---- */

void
cd_words_init(struct cd_words *w, struct cd_arena *a)
{
    *w = (struct cd_words){.a = a};
}

static void
push_step(struct cd_words *w, struct cd_words_step step)
{
    struct cd_words_step *slot = CD_PUSH(w->a, w->steps, w->n_steps, w->cap_steps);
    if (slot == NULL) {
        w->oom = true;
        return;
    }
    step.pattern = (uint32_t)w->n_patterns - 1;
    *slot = step;
}

void
cd_words_begin(struct cd_words *w, bool wanted)
{
    if (w->n_patterns != 0) {
        push_step(w, (struct cd_words_step){.kind = STEP_END});
    }
    uint32_t *first = CD_PUSH(w->a, w->first, w->n_patterns, w->cap_patterns);
    bool *is_wanted = CD_PUSH(w->a, w->is_wanted, w->n_wanted, w->cap_wanted);
    if (first == NULL || is_wanted == NULL) {
        w->oom = true;
        return;
    }
    *first = (uint32_t)w->n_steps;
    *is_wanted = wanted;
}

void
cd_words_put_text(struct cd_words *w, struct cd_str text, bool nocase)
{
    for (size_t i = 0; i < text.n; i++) {
        push_step(w,
                  (struct cd_words_step){.kind = STEP_BYTE, .byte = text.p[i], .nocase = nocase});
    }
}

void
cd_words_put_any(struct cd_words *w, unsigned least, unsigned flags)
{
    if (least != 0) {
        push_step(w, (struct cd_words_step){.kind = STEP_ONE, .flags = (uint8_t)flags});
    }
    push_step(w, (struct cd_words_step){.kind = STEP_STAR, .flags = (uint8_t)flags});
}

static void
put_key(struct cd_words *w, const struct cd_glob *glob, const struct cd_glob_part *part,
        unsigned flags, const struct cd_access *access)
{
    struct cd_str value;
    enum cd_truth has = access == NULL ? CD_MAYBE : cd_access_value(access, part->text, &value);
    if (has == CD_NO) {
        value = part->fallback; /* without one the pattern matches nothing, as its user finds */
    }
    if (has != CD_MAYBE) {
        cd_words_put_text(w, value, glob->nocase);
    } else if ((flags & CD_WORDS_KEYS_ANY) != 0) {
        cd_words_put_any(w, 0, flags);
    } else {
        cd_words_put_text(w, CD_STR(CD_WORDS_VARIABLE), glob->nocase);
    }
}

void
cd_words_put_glob(struct cd_words *w, const struct cd_glob *glob, unsigned flags,
                  const struct cd_access *access)
{
    for (uint32_t i = 0; i < glob->n; i++) {
        const struct cd_glob_part *part = &glob->parts[i];
        switch (part->kind) {
        case CD_GLOB_TEXT: cd_words_put_text(w, part->text, glob->nocase); break;
        case CD_GLOB_ANY: cd_words_put_any(w, 0, flags); break;
        case CD_GLOB_ONE:
            for (uint32_t k = 0; k < part->count; k++) {
                push_step(w, (struct cd_words_step){.kind = STEP_ONE, .flags = (uint8_t)flags});
            }
            break;
        case CD_GLOB_KEY: put_key(w, glob, part, flags, access); break;
        }
    }
}

/* ---- states ---- */

struct state {
    const uint64_t *steps;
    uint32_t before; /* index of the state that it was reached from */
    uint32_t length;
    char byte;
};

struct machine {
    struct cd_words *w;
    size_t n_words;    /* of 64 bits, of a state */
    size_t n_matches;  /* of 64 bits, of a word's matches */
    uint64_t *scratch; /* a state */
    uint64_t *matches;
    struct state *states;
    size_t n, cap;
    uint32_t *slots; /* open addressing: state + 1 */
    uint32_t mask;
    char bytes[258];
    size_t n_bytes;
    bool has_other; /* a byte that no pattern names is among them */
};

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static char
other_case(char c)
{
    return c >= 'A' && c <= 'Z'   ? (char)(c + ('a' - 'A'))
           : c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A'))
                                  : c;
}

/* Adds a step with those that follow it without a byte. */
static void
reach(const struct cd_words *w, uint64_t *steps, size_t step)
{
    while (true) {
        steps[step / 64] |= UINT64_C(1) << (step % 64);
        if (w->steps[step].kind != STEP_STAR) {
            return;
        }
        step++;
    }
}

static bool
takes(const struct cd_words_step *s, char byte)
{
    if (s->kind == STEP_BYTE) {
        return s->nocase ? lower(s->byte) == lower(byte) : s->byte == byte;
    }
    return s->kind != STEP_END && !((s->flags & CD_WORDS_NO_COLON) != 0 && byte == ':')
           && !((s->flags & CD_WORDS_NO_SLASH) != 0 && byte == '/');
}

/* The state behind FROM and BYTE, into the scratch. */
static void
advance(struct machine *m, const uint64_t *from, char byte)
{
    const struct cd_words *w = m->w;
    memset(m->scratch, 0, m->n_words * sizeof *m->scratch);
    for (size_t i = 0; i < m->n_words; i++) {
        for (uint64_t bits = from[i]; bits != 0; bits &= bits - 1) {
            size_t step = i * 64 + (size_t)__builtin_ctzll(bits);
            if (takes(&w->steps[step], byte)) {
                reach(w, m->scratch, w->steps[step].kind == STEP_STAR ? step : step + 1);
            }
        }
    }
}

/* What the state matches, into m->matches. Can what is wanted still be matched, and is it now? */
static bool
is_alive(struct machine *m, const uint64_t *steps, bool *wanted)
{
    const struct cd_words *w = m->w;
    size_t alive = 0, matched = 0, n_wanted = 0;
    uint32_t last = UINT32_MAX;
    memset(m->matches, 0, m->n_matches * sizeof *m->matches);
    for (size_t i = 0; i < m->n_words; i++) {
        for (uint64_t bits = steps[i]; bits != 0; bits &= bits - 1) {
            const struct cd_words_step *s = &w->steps[i * 64 + (size_t)__builtin_ctzll(bits)];
            alive += w->is_wanted[s->pattern] && s->pattern != last;
            last = s->pattern;
            if (s->kind == STEP_END) {
                m->matches[s->pattern / 64] |= UINT64_C(1) << (s->pattern % 64);
                matched += w->is_wanted[s->pattern];
            }
        }
    }
    for (size_t p = 0; p < w->n_patterns; p++) {
        n_wanted += w->is_wanted[p];
    }
    *wanted = matched == n_wanted;
    return alive == n_wanted;
}

static bool
is_new(const struct machine *m)
{
    for (size_t i = 0; i < m->w->n; i++) {
        if (memcmp(m->w->items[i].matches, m->matches, m->n_matches * sizeof *m->matches) == 0) {
            return false;
        }
    }
    return true;
}

static void
add_word(struct machine *m, struct cd_str text)
{
    struct cd_words *w = m->w;
    struct cd_word *word = CD_PUSH(w->a, w->items, w->n, w->cap);
    uint64_t *matches = CD_NEW_ARRAY(w->a, m->n_matches, uint64_t);
    struct cd_str copy = cd_arena_str(w->a, text);
    if (word == NULL || matches == NULL || copy.p == NULL) {
        w->oom = true;
        w->n -= word != NULL;
        return;
    }
    memcpy(matches, m->matches, m->n_matches * sizeof *matches);
    *word = (struct cd_word){copy, matches};
}

static bool
machine_init(struct machine *m, struct cd_words *w)
{
    *m = (struct machine){.w = w};
    if (w->n_patterns != 0
        && (w->n_steps == 0 || w->steps[w->n_steps - 1].kind != STEP_END
            || w->first[w->n_patterns - 1] == w->n_steps)) {
        push_step(w, (struct cd_words_step){.kind = STEP_END});
    }
    m->n_words = w->n_steps / 64 + 1;
    m->n_matches = w->n_patterns / 64 + 1;
    m->scratch = CD_NEW_ARRAY(w->a, m->n_words, uint64_t);
    m->matches = CD_NEW_ARRAY(w->a, m->n_matches, uint64_t);
    w->oom = w->oom || m->scratch == NULL || m->matches == NULL;
    return !w->oom && w->n_steps <= CD_WORDS_STEPS;
}

/* The state before the first byte, into the scratch. */
static void
begin(struct machine *m)
{
    memset(m->scratch, 0, m->n_words * sizeof *m->scratch);
    for (size_t p = 0; p < m->w->n_patterns; p++) {
        reach(m->w, m->scratch, m->w->first[p]);
    }
}

void
cd_words_try(struct cd_words *w, struct cd_str text)
{
    struct machine m;
    bool wanted;
    if (!machine_init(&m, w)) {
        return;
    }
    uint64_t *from = CD_NEW_ARRAY(w->a, m.n_words, uint64_t);
    if (from == NULL) {
        w->oom = true;
        return;
    }
    begin(&m);
    for (size_t i = 0; i < text.n; i++) {
        memcpy(from, m.scratch, m.n_words * sizeof *from);
        advance(&m, from, text.p[i]);
    }
    if (is_alive(&m, m.scratch, &wanted) && wanted && is_new(&m)) {
        add_word(&m, text);
    }
}

/* ---- the search ---- */

static void
add_byte(struct machine *m, char byte)
{
    if (memchr(m->bytes, byte, m->n_bytes) == NULL && m->n_bytes < sizeof m->bytes) {
        m->bytes[m->n_bytes++] = byte;
    }
}

/* The bytes that patterns name; one that none does comes first, so that words have it where
 * anything may stand. */
static void
gather_bytes(struct machine *m)
{
    static const char others[] =
        "xyzqwvkjhg0123456789XYZQWVKJHG-_abcdefilmnoprstuABCDEFILMNOPRSTU.@+=,!~^;|#%&()<>";
    char named[256] = {0};
    bool tells_colon = false, tells_slash = false;
    for (size_t i = 0; i < m->w->n_steps; i++) {
        const struct cd_words_step *s = &m->w->steps[i];
        if (s->kind == STEP_BYTE) {
            named[(unsigned char)s->byte] = 1;
            named[(unsigned char)other_case(s->byte)] = 1;
        }
        tells_colon = tells_colon || (s->flags & CD_WORDS_NO_COLON) != 0;
        tells_slash = tells_slash || (s->flags & CD_WORDS_NO_SLASH) != 0;
    }
    for (const char *c = others; *c != '\0'; c++) {
        if (!named[(unsigned char)*c]) {
            add_byte(m, *c);
            break;
        }
    }
    m->has_other = m->n_bytes != 0;
    for (size_t i = 0; i < m->w->n_steps; i++) {
        const struct cd_words_step *s = &m->w->steps[i];
        if (s->kind == STEP_BYTE) {
            add_byte(m, s->byte);
            if (s->nocase) {
                add_byte(m, other_case(s->byte));
            }
        }
    }
    if (tells_colon) {
        add_byte(m, ':');
    }
    if (tells_slash) {
        add_byte(m, '/');
    }
}

static uint32_t *
slot_of(struct machine *m, const uint64_t *steps)
{
    uint64_t h = 0x9E3779B97F4A7C15u;
    for (size_t i = 0; i < m->n_words; i++) {
        h = (h ^ steps[i]) * 0xC2B2AE3D27D4EB4Fu;
        h ^= h >> 29;
    }
    uint32_t i = (uint32_t)(h >> 32) & m->mask;
    while (m->slots[i] != 0
           && memcmp(m->states[m->slots[i] - 1].steps, steps, m->n_words * sizeof *steps) != 0) {
        i = (i + 1) & m->mask;
    }
    return &m->slots[i];
}

/* The word that leads to a state. */
static void
add_word_of(struct machine *m, size_t state)
{
    char text[CD_WORDS_LONGEST];
    uint32_t n = m->states[state].length;
    for (size_t s = state; m->states[s].length != 0; s = m->states[s].before) {
        text[m->states[s].length - 1] = m->states[s].byte;
    }
    add_word(m, (struct cd_str){text, n});
}

/* The scratch as a state, if it is new and leads anywhere. False: there are too many. */
static bool
visit(struct machine *m, uint32_t before, char byte)
{
    bool wanted;
    if (!is_alive(m, m->scratch, &wanted)) {
        return true;
    }
    uint32_t *slot = slot_of(m, m->scratch);
    if (*slot != 0) {
        return true;
    }
    uint32_t length = before == UINT32_MAX ? 0 : m->states[before].length + 1;
    uint64_t *steps = CD_NEW_ARRAY(m->w->a, m->n_words, uint64_t);
    struct state *state = CD_PUSH(m->w->a, m->states, m->n, m->cap);
    if (steps == NULL || state == NULL) {
        m->w->oom = true;
        return false;
    }
    memcpy(steps, m->scratch, m->n_words * sizeof *steps);
    *state = (struct state){steps, before, length, byte};
    *slot = (uint32_t)m->n;
    if (wanted && (length != 0 || m->w->n_patterns == 0) && is_new(m)) {
        add_word_of(m, m->n - 1);
    }
    return m->n < CD_WORDS_STATES && m->w->n < CD_WORDS_MOST && length + 1 < CD_WORDS_LONGEST
           && !m->w->oom;
}

/* The empty text is told last: of what else matches the same, another word is nicer. */
static void
try_empty(struct machine *m)
{
    bool wanted;
    begin(m);
    if (is_alive(m, m->scratch, &wanted) && wanted && is_new(m)) {
        add_word(m, CD_STR(""));
    }
}

void
cd_words_find(struct cd_words *w)
{
    struct machine m;
    w->is_complete = false;
    if (!machine_init(&m, w)) {
        return;
    }
    m.mask = 2 * CD_WORDS_STATES - 1;
    m.slots = CD_NEW_ARRAY(w->a, (size_t)m.mask + 1, uint32_t);
    if (m.slots == NULL) {
        w->oom = true;
        return;
    }
    gather_bytes(&m);
    begin(&m);
    bool goes_on = visit(&m, UINT32_MAX, '\0');
    for (uint32_t s = 0; goes_on && s < m.n; s++) {
        for (size_t b = 0; goes_on && b < m.n_bytes; b++) {
            advance(&m, m.states[s].steps, m.bytes[b]);
            goes_on = visit(&m, s, m.bytes[b]);
        }
    }
    w->is_complete = goes_on && m.has_other && !w->oom;
    try_empty(&m);
}
