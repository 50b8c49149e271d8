/* Words that tell patterns apart: what a word is said to match is what the engine's own matching
 * says, and each set of patterns that texts of a few letters match is there. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "runtime/iam/words.h"

#define MOST 8

struct setting {
    struct cd_arena a;
    struct cd_words w;
    struct cd_glob globs[MOST];
    size_t n;
};

static void
begin(struct setting *s, const char *const *patterns, size_t n)
{
    *s = (struct setting){.n = n};
    cd_arena_init(&s->a);
    cd_words_init(&s->w, &s->a);
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(cd_glob_compile(&s->a, cd_str_of(patterns[i]), CD_GLOB_WILD, &s->globs[i]),
                     CORDON_OK);
        cd_words_begin(&s->w, false);
        cd_words_put_glob(&s->w, &s->globs[i], 0, NULL);
    }
}

static uint64_t
matches_of(const struct setting *s, struct cd_str text)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < s->n; i++) {
        bits |= (uint64_t)(cd_glob_match(&s->globs[i], text, NULL, NULL) == CD_YES) << i;
    }
    return bits;
}

/* Texts over three letters, one of which no pattern names, of up to six characters. */
static void
expect_every_set(const struct setting *s)
{
    char text[6];
    for (unsigned length = 1; length <= sizeof text; length++) {
        unsigned total = 1;
        for (unsigned i = 0; i < length; i++) {
            total *= 3;
        }
        for (unsigned number = 0; number < total; number++) {
            unsigned rest = number;
            for (unsigned i = 0; i < length; i++, rest /= 3) {
                text[i] = "abz"[rest % 3];
            }
            uint64_t want = matches_of(s, (struct cd_str){text, length});
            bool found = false;
            for (size_t w = 0; w < s->w.n; w++) {
                found = found || s->w.items[w].matches[0] == want;
            }
            cr_assert(found, "%.*s matches %#lx, and no word does", (int)length, text,
                      (unsigned long)want);
        }
    }
}

Test(words, every_set_of_patterns_has_a_word_and_no_word_is_wrong)
{
    static const char *const cases[][4] = {
        {"a*", "*b", "ab", "*"},       {"a?b*", "*a*b*", "??", "b"}, {"a", "b", "aa", "ab"},
        {"*a*", "*b*", "*ab*", "a*b"}, {"", "*", "?", "?*?"},
    };
    for (size_t i = 0; i < CD_ARRAY_LEN(cases); i++) {
        struct setting s;
        begin(&s, cases[i], 4);
        cd_words_find(&s.w);
        cr_assert(s.w.is_complete);
        for (size_t w = 0; w < s.w.n; w++) {
            uint64_t want = matches_of(&s, s.w.items[w].text);
            cr_assert_eq(s.w.items[w].matches[0], want, "case %zu, word \"%.*s\": %#lx, not %#lx",
                         i, CD_FMT(s.w.items[w].text), (unsigned long)s.w.items[w].matches[0],
                         (unsigned long)want);
        }
        expect_every_set(&s);
        cd_arena_finish(&s.a);
    }
}

Test(words, what_is_wanted_is_matched_and_seeds_come_first)
{
    struct setting s;
    begin(&s, (const char *const[]){"a*"}, 1);
    cd_words_begin(&s.w, true);
    cd_words_put_any(&s.w, 1, CD_WORDS_NO_SLASH);
    cd_words_put_text(&s.w, CD_STR("/"), false);
    cd_words_put_any(&s.w, 1, 0);
    cd_words_try(&s.w, CD_STR("no slash"));
    cd_words_try(&s.w, CD_STR("home/x"));
    cd_words_find(&s.w);
    cr_assert(s.w.is_complete);
    cr_assert_eq(s.w.n, 2);
    cr_assert(cd_str_eq(s.w.items[0].text, CD_STR("home/x")));
    for (size_t i = 0; i < s.w.n; i++) {
        struct cd_str text = s.w.items[i].text;
        size_t slash = cd_str_find(text, '/', 0);
        cr_assert(cd_word_matches(&s.w.items[i], 1) && slash > 0 && slash + 1 < text.n);
    }
    cd_arena_finish(&s.a);
}

Test(words, too_many_states_are_said)
{
    struct cd_arena a;
    struct cd_words w;
    char text[64];
    cd_arena_init(&a);
    cd_words_init(&w, &a);
    for (int i = 0; i < 40; i++) {
        snprintf(text, sizeof text, "%c%c", 'a' + i % 26, 'a' + i / 26);
        cd_words_begin(&w, false);
        cd_words_put_any(&w, 0, 0);
        cd_words_put_text(&w, cd_str_of(text), false);
        cd_words_put_any(&w, 0, 0);
    }
    cd_words_find(&w);
    cr_assert(!w.is_complete && w.n <= CD_WORDS_MOST);
    cd_arena_finish(&a);
}

Test(words, a_byte_that_no_pattern_names_is_found_beyond_letters_and_digits)
{
    static const char named[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    struct cd_arena a;
    struct cd_words w;
    struct cd_glob one;
    bool found = false;
    cd_arena_init(&a);
    cd_words_init(&w, &a);
    cr_assert_eq(cd_glob_compile(&a, CD_STR("?"), CD_GLOB_WILD, &one), CORDON_OK);
    for (size_t i = 0; i < sizeof named - 1; i++) {
        cd_words_begin(&w, false);
        cd_words_put_text(&w, (struct cd_str){&named[i], 1}, false);
    }
    cd_words_begin(&w, false);
    cd_words_put_glob(&w, &one, 0, NULL);
    cd_words_find(&w);
    cr_assert(w.is_complete);
    for (size_t i = 0; i < w.n; i++) {
        bool is_named =
            memchr(named, w.items[i].text.n == 1 ? w.items[i].text.p[0] : 'a', sizeof named - 1)
            != NULL;
        found = found || (cd_word_matches(&w.items[i], sizeof named - 1) && !is_named);
    }
    cr_assert(found);
    cd_arena_finish(&a);
}
