/* Words that tell patterns apart: for patterns of texts, a word for every set of them that some
 * text matches and no other text does. What a question over all texts comes to is then a question
 * over these words.
 *
 * The patterns are run side by side as one automaton, byte by byte; each state that can be reached
 * is visited once, shortest words first. Of the bytes that no pattern names one stands for all. */
#ifndef CD_IAM_WORDS_H
#define CD_IAM_WORDS_H

#include "runtime/iam/glob.h"

#define CD_WORDS_STATES 4096u   /* states of the automaton that are visited */
#define CD_WORDS_STEPS 32768u   /* bytes and wildcards of all patterns together */
#define CD_WORDS_MOST 512u      /* words */
#define CD_WORDS_LONGEST 2048u  /* bytes of a word */
#define CD_WORDS_VARIABLE "kv7" /* what a policy variable of unknown value stands for */

enum {
    CD_WORDS_NO_COLON = 1, /* wildcards do not take a colon: the first five parts of an ARN */
    CD_WORDS_NO_SLASH = 2, /* nor a slash */
    CD_WORDS_KEYS_ANY = 4, /* variables take anything; else they stand for CD_WORDS_VARIABLE */
};

struct cd_words_step;

struct cd_word {
    struct cd_str text;
    const uint64_t *matches; /* a bit for each pattern */
};

struct cd_words {
    struct cd_arena *a; /* its jump is set, or `oom` tells */
    struct cd_words_step *steps;
    size_t n_steps, cap_steps;
    uint32_t *first; /* by pattern: its first step */
    size_t n_patterns, cap_patterns;
    bool *is_wanted; /* by pattern: words have to match it */
    size_t n_wanted, cap_wanted;
    struct cd_word *items;
    size_t n, cap;
    bool is_complete; /* every set of patterns that texts match is there */
    bool oom;
};

void cd_words_init(struct cd_words *w, struct cd_arena *a);
/* Begins a pattern; what is put next is part of it. WANTED: words have to match it. */
void cd_words_begin(struct cd_words *w, bool wanted);
void cd_words_put_text(struct cd_words *w, struct cd_str text, bool nocase);
/* A glob of a document, and its variables with the values that ACCESS has for them (or NULL). */
void cd_words_put_glob(struct cd_words *w, const struct cd_glob *glob, unsigned flags,
                       const struct cd_access *access);
/* Anything, at least LEAST bytes (0 or 1) of it. */
void cd_words_put_any(struct cd_words *w, unsigned least, unsigned flags);
/* Takes TEXT as a word, if it matches what is wanted and tells something that the others do not. To
 * be called behind the last pattern; the words that are taken first are preferred. */
void cd_words_try(struct cd_words *w, struct cd_str text);
/* Finds the others. */
void cd_words_find(struct cd_words *w);
static inline bool
cd_word_matches(const struct cd_word *word, size_t pattern)
{
    return (word->matches[pattern / 64] >> (pattern % 64) & 1) != 0;
}

#endif
